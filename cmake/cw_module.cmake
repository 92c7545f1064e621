# What there is to build, said in one call each: rooms (cw_module), tests that stand apart from a room (cw_test,
# cw_python_test), benches (cw_bench).
#
# Targets that gather them: `units` every room's unit tests, `fuzzers`, `tests` what cw_test made, `benches`.
# Every test writes its cases as XML into <build>/test-results/NAME.xml, so that cases are counted, not programs.
find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter)
foreach(gathering units fuzzers tests benches)
  add_custom_target(${gathering})
endforeach()

# cw_module(NAME SOURCES … [DEPENDS rooms…] [LINK libraries…] [TESTS …] [FUZZ …] [EDGE])
#
# A room: the library cw_NAME, and with TESTS the program NAME_test, registered with CTest under the label `unit`.
# FUZZ lists files of one libFuzzer target each (built with CW_FUZZ); the corpus of fuzz_x.cpp is tests/fuzz/corpus/x.
# EDGE: a room that does I/O; it gets Asio and the shared precompiled header.
# `architecture` (tests/architecture) reads DEPENDS and holds it against the includes and against ARCHITECTURE.md.
function(cw_module name)
  cmake_parse_arguments(arg "EDGE" "" "SOURCES;DEPENDS;LINK;TESTS;FUZZ" ${ARGN})
  cw_check_arguments("cw_module(${name})" "${arg_UNPARSED_ARGUMENTS}")
  set(target cw_${name})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope} ${CMAKE_SOURCE_DIR}/src)
  list(TRANSFORM arg_DEPENDS PREPEND cw_)
  target_link_libraries(${target} ${scope} ${arg_DEPENDS} ${arg_LINK} fmt::fmt)
  if(arg_EDGE)
    target_link_libraries(${target} ${scope} cw_boost)
    if(arg_SOURCES)
      cw_edge_headers(${target})
    endif()
  endif()
  if(arg_TESTS)
    add_executable(${name}_test ${arg_TESTS})
    target_link_libraries(${name}_test PRIVATE ${target} GTest::gtest GTest::gmock GTest::gtest_main)
    if(arg_EDGE)
      cw_edge_headers(${name}_test)
    endif()
    add_dependencies(units ${name}_test)
    cw_register_test(${name} "unit;uses-${name}" 300 ${name}_test)
  endif()
  if(CW_FUZZ)
    foreach(file IN LISTS arg_FUZZ)
      get_filename_component(fuzzer ${file} NAME_WE)
      add_executable(${fuzzer} ${file})
      target_link_libraries(${fuzzer} PRIVATE ${target})
      target_link_options(${fuzzer} PRIVATE -fsanitize=fuzzer)
      set_target_properties(${fuzzer} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
      add_dependencies(fuzzers ${fuzzer})
      set_property(GLOBAL APPEND_STRING PROPERTY CW_FUZZER_LIST "${name} ${fuzzer}\n")
    endforeach()
  endif()
endfunction()

# cw_test(NAME SOURCES … [DEPENDS rooms…] [LINK libraries…] LABELS labels… [TIMEOUT seconds] [EDGE])
#
# A GoogleTest program that stands apart from the rooms, under tests/. Its label is its tier:
#   integration, parity, sim    in `make test`, on the release build (sim: CW_SIM_SEEDS seeds)
#   sim-long, crash, peer       in `make test-long`
# A test that starts the server finds it in the environment: CW_BINARY.
function(cw_test name)
  cmake_parse_arguments(arg "EDGE" "TIMEOUT" "SOURCES;DEPENDS;LINK;LABELS" ${ARGN})
  cw_check_arguments("cw_test(${name})" "${arg_UNPARSED_ARGUMENTS}")
  add_executable(${name}_test ${arg_SOURCES})
  target_include_directories(${name}_test PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
  cw_room_labels(rooms ${arg_DEPENDS})
  list(TRANSFORM arg_DEPENDS PREPEND cw_)
  target_link_libraries(${name}_test PRIVATE ${arg_DEPENDS} ${arg_LINK} GTest::gtest GTest::gmock GTest::gtest_main)
  if(arg_EDGE)
    target_link_libraries(${name}_test PRIVATE cw_boost)
    cw_edge_headers(${name}_test)
  endif()
  add_dependencies(tests ${name}_test)
  cw_register_test(${name} "${arg_LABELS};${rooms}" "${arg_TIMEOUT}" ${name}_test)
endfunction()

# cw_python_test(NAME SCRIPT file LABELS labels… [ROOMS rooms…] [TIMEOUT seconds])
#
# ROOMS: whose test it is, for `make test-long ROOM=…`; without, everybody's.
# A file of unittest cases (standard library only), run from the repository's root; CW_BINARY and CW_BUILD_DIR say
# where the build under test is.
function(cw_python_test name)
  cmake_parse_arguments(arg "" "SCRIPT;TIMEOUT" "LABELS;ROOMS" ${ARGN})
  cw_check_arguments("cw_python_test(${name})" "${arg_UNPARSED_ARGUMENTS}")
  cmake_path(ABSOLUTE_PATH arg_SCRIPT)
  cw_room_labels(rooms ${arg_ROOMS})
  cw_register_test(${name} "${arg_LABELS};${rooms}" "${arg_TIMEOUT}" ${Python3_EXECUTABLE}
                   ${CMAKE_SOURCE_DIR}/scripts/testing/run_unittest.py ${arg_SCRIPT})
endfunction()

# cw_bench(NAME SOURCES … [DEPENDS rooms…] [LINK libraries…] [EDGE])
#
# The program bench_NAME in <build>/bench; `make bench NAME` builds it in release, runs it without arguments from the
# repository's root and shows what it prints. Exit code 77: what it measures is not there, and it said so.
function(cw_bench name)
  cmake_parse_arguments(arg "EDGE" "" "SOURCES;DEPENDS;LINK" ${ARGN})
  cw_check_arguments("cw_bench(${name})" "${arg_UNPARSED_ARGUMENTS}")
  add_executable(bench_${name} EXCLUDE_FROM_ALL ${arg_SOURCES})
  target_include_directories(bench_${name} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/bench)
  list(TRANSFORM arg_DEPENDS PREPEND cw_)
  target_link_libraries(bench_${name} PRIVATE ${arg_DEPENDS} ${arg_LINK} fmt::fmt)
  if(arg_EDGE)
    target_link_libraries(bench_${name} PRIVATE cw_boost)
    cw_edge_headers(bench_${name})
  endif()
  set_target_properties(bench_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
  add_dependencies(benches bench_${name})
  set_property(GLOBAL APPEND_STRING PROPERTY CW_BENCH_LIST "${name}\n")
endfunction()

# Labels by which `make test-long ROOM=…` finds the tests of a room; none named: every room's.
function(cw_room_labels out)
  set(labels ${ARGN})
  if(NOT labels)
    set(labels all)
  endif()
  list(TRANSFORM labels PREPEND uses-)
  set(${out} "${labels}" PARENT_SCOPE)
endfunction()

function(cw_register_test name labels timeout)
  if(NOT labels MATCHES "^[a-z]")
    message(FATAL_ERROR "the test '${name}' names no tier: give it LABELS")
  endif()
  if(NOT timeout)
    set(timeout 300)
  endif()
  add_test(NAME ${name} COMMAND ${ARGN}
           WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set(results ${CMAKE_BINARY_DIR}/test-results)
  set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT ${timeout} SKIP_RETURN_CODE 77
    ENVIRONMENT "GTEST_OUTPUT=xml:${results}/${name}.xml;CW_BUILD_DIR=${CMAKE_BINARY_DIR};CW_BINARY=${CMAKE_BINARY_DIR}/bin/candlewick;UBSAN_OPTIONS=print_stacktrace=1;ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-19;TSAN_OPTIONS=second_deadlock_stack=1 external_symbolizer_path=/usr/bin/llvm-symbolizer-19")
endfunction()

# A misspelt keyword would silently leave a file out of the build.
function(cw_check_arguments call unparsed)
  if(unparsed)
    message(FATAL_ERROR "${call} does not understand: ${unparsed}")
  endif()
endfunction()

# One precompiled header for all edges: Asio and the standard headers that they all need.
function(cw_edge_headers target)
  target_precompile_headers(${target} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/edge_pch.h)
endfunction()

# <build>/fuzzers.txt ("room fuzzer" a line) and <build>/benches.txt: the scripts read what exists now, not what an
# earlier build left behind.
function(cw_write_lists)
  foreach(list IN ITEMS FUZZER:fuzzers BENCH:benches)
    string(REPLACE ":" ";" pair ${list})
    list(GET pair 0 property)
    list(GET pair 1 file)
    get_property(lines GLOBAL PROPERTY CW_${property}_LIST)
    file(WRITE ${CMAKE_BINARY_DIR}/${file}.txt "${lines}")
  endforeach()
endfunction()
cmake_language(DEFER DIRECTORY ${CMAKE_SOURCE_DIR} CALL cw_write_lists)
