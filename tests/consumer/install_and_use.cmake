# cmake -D BUILD=... -D CXX=... -D FLAGS=... -P install_and_use.cmake
# Installs the build tree to a scratch prefix and builds and runs the project beside this file against it.
cmake_minimum_required(VERSION 3.25)
set(scratch ${BUILD}/consumer-scratch)
file(REMOVE_RECURSE ${scratch})

include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${scratch}/prefix)
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${scratch}/build -G Ninja
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=${CXX} "-DCMAKE_CXX_FLAGS=${FLAGS}"
  -DCMAKE_PREFIX_PATH=${scratch}/prefix)
run(${CMAKE_COMMAND} --build ${scratch}/build)
run(${scratch}/build/consumer)
if(NOT output MATCHES "agree|disagree|inconclusive")
  message(FATAL_ERROR "the consumer printed no verdict:\n${output}")
endif()
message("${output}")

# Headers that were installed are the headers of the sources: each one compiles by itself, without the build tree.
file(GLOB_RECURSE headers RELATIVE ${scratch}/prefix/include ${scratch}/prefix/include/*.hpp)
set(includes "")
foreach(header IN LISTS headers)
  if(NOT header MATCHES "generated/")
    string(APPEND includes "#include \"${header}\"\n")
  endif()
endforeach()
file(WRITE ${scratch}/all/main.cpp "${includes}int main() { return 0; }\n")
configure_file(${CMAKE_CURRENT_LIST_DIR}/CMakeLists.txt ${scratch}/all/CMakeLists.txt COPYONLY)
run(${CMAKE_COMMAND} -S ${scratch}/all -B ${scratch}/all/build -G Ninja
  -DCMAKE_CXX_COMPILER=${CXX} "-DCMAKE_CXX_FLAGS=${FLAGS}" -DCMAKE_PREFIX_PATH=${scratch}/prefix)
run(${CMAKE_COMMAND} --build ${scratch}/all/build)

run(${scratch}/prefix/bin/sgdyn --help)
