# wardhive_program(NAME SOURCES file.cc ... [CLUSTER mainnet|all])
#   target `program_NAME` (built by `all`): ${CMAKE_BINARY_DIR}/programs/NAME.so, and beside it
#   NAME.debug.so (symbols), NAME.map and NAME.json (manifest). Sources lie beside the caller's
#   CMakeLists.txt, are C++20 and freestanding; include root is programs/.
# The bytes depend on sources, compiler and this list of flags, and on nothing else: no path, no
# date, no preset. docs/decisions/0015-solana-programs-with-stock-clang.md says why each flag.
set(WARDHIVE_PROGRAM_FLAGS
  --target=bpf -mcpu=v2 -O2 -g -std=c++20 -ffreestanding -fno-builtin -fno-exceptions -fno-rtti
  -fno-asynchronous-unwind-tables -fno-threadsafe-statics -fno-stack-protector -ffunction-sections
  -fdata-sections -Wall -Wextra -Werror -mllvm -bpf-stack-size=4096 -nostdinc++)
set(_wardhive_libstdcxx /usr/include/c++/12)
set(WARDHIVE_PROGRAM_INCLUDES
  -isystem ${CMAKE_SOURCE_DIR}/programs/sbfld/shim -isystem ${_wardhive_libstdcxx}
  -isystem /usr/include/x86_64-linux-gnu/c++/12 -idirafter /usr/include/x86_64-linux-gnu
  -I ${CMAKE_SOURCE_DIR}/programs -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=
  -ffile-prefix-map=${CMAKE_BINARY_DIR}/= -fdebug-compilation-dir=.)

function(wardhive_program name)
  cmake_parse_arguments(PROGRAM "" "CLUSTER" "SOURCES" ${ARGN})
  if(NOT PROGRAM_CLUSTER)
    set(PROGRAM_CLUSTER mainnet)
  endif()
  set(folder ${CMAKE_BINARY_DIR}/programs)
  set(objects)
  foreach(source ${PROGRAM_SOURCES})
    get_filename_component(source ${source} ABSOLUTE)
    file(RELATIVE_PATH part ${CMAKE_CURRENT_SOURCE_DIR} ${source})
    string(REPLACE "/" "." part ${part})
    set(object ${folder}/${name}.dir/${part}.o)
    add_custom_command(OUTPUT ${object}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}/${name}.dir
      COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${CMAKE_CXX_COMPILER} ${WARDHIVE_PROGRAM_FLAGS}
        ${WARDHIVE_PROGRAM_INCLUDES} -MD -MF ${object}.d -c ${source} -o ${object}
      DEPENDS ${source} DEPFILE ${object}.d VERBATIM
      COMMENT "Compiling ${part} for the program ${name}")
    list(APPEND objects ${object})
  endforeach()
  list(JOIN WARDHIVE_PROGRAM_FLAGS " " flags)
  set(out ${folder}/${name})
  add_custom_command(OUTPUT ${out}.so ${out}.debug.so ${out}.map ${out}.json
    COMMAND sbfld -o ${out}.so --debug ${out}.debug.so --map ${out}.map --manifest ${out}.json
      --cluster ${PROGRAM_CLUSTER} --compiler "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}"
      --flags "${flags}" ${objects}
    DEPENDS sbfld ${objects} VERBATIM COMMENT "Linking the program ${name}")
  add_custom_target(program_${name} ALL DEPENDS ${out}.so)
endfunction()

# wardhive_native_program(NAME SOURCES ...): library `wh_native_NAME`, the same sources for this machine
# and for programs/host; the entrypoint is called NAME_entrypoint there, so that several fit into one test.
function(wardhive_native_program name)
  cmake_parse_arguments(PROGRAM "" "" "SOURCES" ${ARGN})
  add_library(wh_native_${name} STATIC ${PROGRAM_SOURCES})
  target_include_directories(wh_native_${name} PUBLIC ${CMAKE_SOURCE_DIR}/programs)
  target_compile_definitions(wh_native_${name} PRIVATE entrypoint=${name}_entrypoint)
  target_link_libraries(wh_native_${name} PUBLIC wh_host)
  if(WARDHIVE_FUZZ)
    target_compile_options(wh_native_${name} PRIVATE -fsanitize-coverage=inline-8bit-counters,pc-table,indirect-calls,trace-cmp)
  endif()
endfunction()
