# cmake -D BUILD=... -D SOURCE=... -D CXX=... -P add_components.cmake
# Does what CONTRIBUTING.md says, in a scratch copy of the sources: writes the files it shows (every fenced block whose
# first line is a comment with a path), edits nothing else, builds, and runs the law tests on the new components.
cmake_minimum_required(VERSION 3.25)
set(scratch ${BUILD}/contributing-scratch)
file(MAKE_DIRECTORY ${scratch})
file(REMOVE_RECURSE ${scratch}/source)
foreach(part lib theory validation bench tools tests cmake CMakeLists.txt LICENSE CHANGELOG.md)
  file(COPY ${SOURCE}/${part} DESTINATION ${scratch}/source)
endforeach()

include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

# Blocks are ```cpp // path ... ``` or ```markdown <!-- path --> ... ```.
file(READ ${SOURCE}/CONTRIBUTING.md rest)
set(written "")
while(TRUE)
  string(FIND "${rest}" "\n```" start)
  if(start EQUAL -1)
    break()
  endif()
  math(EXPR start "${start} + 1")
  string(SUBSTRING "${rest}" ${start} -1 rest)
  string(FIND "${rest}" "\n" line_end)
  string(SUBSTRING "${rest}" ${line_end} -1 rest)
  string(FIND "${rest}" "\n```" end)
  string(SUBSTRING "${rest}" 0 ${end} block)
  math(EXPR end "${end} + 4")
  string(SUBSTRING "${rest}" ${end} -1 rest)
  if(block MATCHES "^\n(// |<!-- )([A-Za-z_/]+\\.(hpp|cpp|md))")
    set(path ${CMAKE_MATCH_2})
    string(SUBSTRING "${block}" 1 -1 block)
    file(WRITE ${scratch}/source/${path} "${block}\n")
    list(APPEND written ${path})
  endif()
endwhile()
list(LENGTH written count)
if(NOT count EQUAL 6)
  message(FATAL_ERROR "CONTRIBUTING.md should show 6 files, found ${count}: ${written}")
endif()

run(${CMAKE_COMMAND} -S ${scratch}/source -B ${scratch}/build -G Ninja
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=${CXX} -DSGDYN_BENCH=OFF)
# The new theory is compiled alone: building all of them would only repeat what the main build did.
run(${CMAKE_COMMAND} --build ${scratch}/build --target test_conformance test_statistical
  theory/CMakeFiles/sgdyn_theory.dir/one_step/one_step.cpp.o theory/CMakeFiles/sgdyn_theory.dir/theories.cpp.o)
foreach(area conformance statistical)
  run(${scratch}/build/bin/test_${area} --gtest_filter=*huber*:*point_clusters*:*uniform_sgd*)
  message("${output}")
  if(NOT output MATCHES "\\[  PASSED  \\] [1-9]")
    message(FATAL_ERROR "no law was tested on the new components")
  endif()
endforeach()
