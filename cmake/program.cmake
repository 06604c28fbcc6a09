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
