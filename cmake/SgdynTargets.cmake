# How every target of the project is compiled.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_RUNTIME_OUTPUT_DIRECTORY AND PROJECT_IS_TOP_LEVEL)
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endif()

if(SGDYN_SANITIZE)
  add_compile_options(-fsanitize=${SGDYN_SANITIZE} -fno-omit-frame-pointer -g)
  add_link_options(-fsanitize=${SGDYN_SANITIZE})
endif()

# Warnings and code generation shared by all targets.
# Eigen aligns and frees its arrays by a rule that depends on -march, and matrices cross the interface of the library
# (Observables): a program compiled for another instruction set would free what the library allocated by the wrong rule.
# The alignment is therefore fixed to its largest value, in every build and for every user of the targets, and -march
# itself stays inside: programs that use an installed sgdyn choose their own.
function(sgdyn_compile_options target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
    # Bogus in the AVX-512 intrinsics of GCC 12 as Eigen uses them.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
    # False in GCC 12 for "literal" + std::string.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
    # clang 14 does not vectorise every loop marked `omp simd`; the results are the same.
    $<$<CXX_COMPILER_ID:Clang>:-Wno-pass-failed>
    $<$<BOOL:${SGDYN_WERROR}>:-Werror>
    # errno after sqrt and log keeps GCC from vectorising them; nobody reads it.
    -fno-math-errno)
  if(SGDYN_SANITIZE)
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-uninitialized>)  # bogus there too, with these
  endif()
  target_compile_definitions(${target} PUBLIC EIGEN_MAX_ALIGN_BYTES=64)
  if(SGDYN_NATIVE)
    target_compile_options(${target} PRIVATE -march=native)
  endif()
  target_link_libraries(${target} PUBLIC OpenMP::OpenMP_CXX)
endfunction()

# A library of the project: static, exported, with the headers of the build tree.
function(sgdyn_add_library target)
  add_library(${target} STATIC ${ARGN})
  add_library(sgdyn::${target} ALIAS ${target})
  sgdyn_compile_options(${target})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${SGDYN_INCLUDE_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  set_property(GLOBAL APPEND PROPERTY SGDYN_LIBRARIES ${target})
endfunction()
