# Sanitizer builds parse the common headers once, which takes a third off their time. Release and dev
# parse them in each file: there a missing include must fail, and tools/tidy counts on it.
option(WARDHIVE_COMMON_HEADERS "precompile the common headers for every target" OFF)
if(NOT WARDHIVE_COMMON_HEADERS)
  return()
endif()

file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/common_headers.cc CONTENT "")
add_library(wh_common_headers OBJECT ${CMAKE_BINARY_DIR}/common_headers.cc)
target_link_libraries(wh_common_headers PRIVATE fmt::fmt GTest::gtest GTest::gmock)
target_precompile_headers(wh_common_headers PRIVATE
  <algorithm> <array> <charconv> <chrono> <deque> <expected> <filesystem> <functional> <map> <memory> <mutex>
  <optional> <set> <span> <string> <string_view> <thread> <unordered_map> <utility> <vector>
  <fmt/format.h> <gmock/gmock.h> <gtest/gtest.h>)

function(wardhive_use_common_headers directory)
  get_property(targets DIRECTORY ${directory} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target ${targets})
    get_target_property(type ${target} TYPE)
    if(type MATCHES "^(STATIC_LIBRARY|EXECUTABLE)$")
      target_precompile_headers(${target} REUSE_FROM wh_common_headers)
      # libstdc++ silences its own use of get_temporary_buffer by a pragma that clang drops from a
      # precompiled header; release and dev still refuse deprecated functions.
      target_compile_options(${target} PRIVATE -Wno-deprecated-declarations)
    endif()
  endforeach()
  get_property(below DIRECTORY ${directory} PROPERTY SUBDIRECTORIES)
  foreach(child ${below})
    wardhive_use_common_headers(${child})
  endforeach()
endfunction()
wardhive_use_common_headers(${CMAKE_SOURCE_DIR})
