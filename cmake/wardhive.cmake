# How every room is built: one static library, one test program, optional fuzzers and benches.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(WARDHIVE_FUZZ "build the libFuzzer targets" OFF)
# Sanitizer builds leave the benches out: what they would measure is the sanitizer.
option(WARDHIVE_BENCH "build the benches" ON)

find_package(PkgConfig REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  -Wnon-virtual-dtor -Werror -ffp-contract=off
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
add_link_options(-fuse-ld=lld)
include_directories(${CMAKE_SOURCE_DIR}/src)

# Two links at a time would be fine; two of the heavy templates at once are not.
set_property(GLOBAL PROPERTY JOB_POOLS heavy=1)

# wardhive_embed(SOURCE FILE...): SOURCE carries these files of the tree (base/embed.h).
function(wardhive_embed source)
  list(TRANSFORM ARGN PREPEND ${CMAKE_SOURCE_DIR}/)
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS "${ARGN}"
    COMPILE_DEFINITIONS WARDHIVE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
endfunction()

# wardhive_room(NAME SOURCES ... LINK ... TESTS ... FUZZ ... BENCH ...)
#   library `wh_NAME`, test program `NAME_test` (ctest name NAME), one fuzzer per FUZZ file
#   (corpus in tests/corpus/<fuzzer>), benches in `NAME_bench`.
function(wardhive_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LINK;TESTS;TEST_LINK;FUZZ;BENCH" ${ARGN})
  add_library(wh_${name} STATIC ${ROOM_SOURCES})
  target_link_libraries(wh_${name} PUBLIC ${ROOM_LINK} Threads::Threads)
  # A fuzzer steers by the decoders it drives. In tests, in api and in app the same counters would only
  # cost: they are two fifths of the compile time of an asan build. What -fsanitize=fuzzer-no-link
  # stands for is spelt out, since clang refuses a precompiled header made without that flag.
  if(WARDHIVE_FUZZ AND (ROOM_FUZZ OR name STREQUAL "base"))
    target_compile_options(wh_${name} PRIVATE -fsanitize-coverage=inline-8bit-counters,pc-table,indirect-calls,trace-cmp)
  endif()
  if(ROOM_TESTS)
    add_executable(${name}_test ${ROOM_TESTS})
    target_link_libraries(${name}_test PRIVATE wh_${name} ${ROOM_TEST_LINK} GTest::gtest GTest::gmock GTest::gtest_main)
    target_compile_definitions(${name}_test PRIVATE WARDHIVE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    add_test(NAME ${name} COMMAND ${name}_test)
    # Sanitizers slow a program down tenfold, and the machine may have other work.
    set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS "room")
  endif()
  if(ROOM_BENCH AND WARDHIVE_BENCH)
    add_executable(${name}_bench ${ROOM_BENCH})
    target_link_libraries(${name}_bench PRIVATE wh_${name} ${ROOM_TEST_LINK} benchmark::benchmark benchmark::benchmark_main)
  endif()
  foreach(file ${ROOM_FUZZ})
    wardhive_fuzzer(${file} LINK wh_${name} ${ROOM_TEST_LINK})
  endforeach()
endfunction()

# wardhive_fuzzer(FILE LINK ...): one fuzzer, with its corpus in tests/corpus/<fuzzer>.
function(wardhive_fuzzer file)
  cmake_parse_arguments(FUZZER "" "" "LINK" ${ARGN})
  get_filename_component(fuzzer ${file} NAME_WE)
  if(WARDHIVE_FUZZ)
    add_executable(${fuzzer} ${file})
    target_link_libraries(${fuzzer} PRIVATE ${FUZZER_LINK})
    target_link_options(${fuzzer} PRIVATE -fsanitize=fuzzer)
    add_test(NAME ${fuzzer} COMMAND ${fuzzer} -runs=0 ${CMAKE_SOURCE_DIR}/tests/corpus/${fuzzer})
  else()
    # Without libFuzzer the same entry point replays its seed corpus as an ordinary test.
    add_executable(${fuzzer} ${file} ${CMAKE_SOURCE_DIR}/cmake/fuzz_replay_main.cc)
    target_link_libraries(${fuzzer} PRIVATE ${FUZZER_LINK})
    add_test(NAME ${fuzzer} COMMAND ${fuzzer} ${CMAKE_SOURCE_DIR}/tests/corpus/${fuzzer})
  endif()
  set_tests_properties(${fuzzer} PROPERTIES TIMEOUT 60 LABELS "corpus")
endfunction()
