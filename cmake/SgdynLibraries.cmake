# Libraries that come without a description for CMake. Installed with the package, whose users link them too.
function(sgdyn_find_library target header library)
  if(TARGET ${target})
    return()
  endif()
  find_path(${library}_INCLUDE_DIR ${header} REQUIRED)
  find_library(${library}_LIBRARY ${library} REQUIRED)
  mark_as_advanced(${library}_INCLUDE_DIR ${library}_LIBRARY)
  add_library(${target} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES
    IMPORTED_LOCATION "${${library}_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${${library}_INCLUDE_DIR}")
endfunction()

sgdyn_find_library(lbfgs::lbfgs lbfgs.h lbfgs)
sgdyn_find_library(glpk::glpk glpk.h glpk)
