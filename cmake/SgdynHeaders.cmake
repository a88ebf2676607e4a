# One spelling of every include, in the tree and installed: "sgdyn/core/problem.hpp", "sgdyn/theory/dmft/dmft.hpp".
# The build tree gets it from links; the installed tree from copies with the same names (SgdynInstall.cmake).

set(SGDYN_INCLUDE_DIR ${CMAKE_CURRENT_BINARY_DIR}/include)
file(MAKE_DIRECTORY ${SGDYN_INCLUDE_DIR}/sgdyn/generated)

file(GLOB sgdyn_lib_folders LIST_DIRECTORIES true CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/lib/*)
foreach(folder IN LISTS sgdyn_lib_folders)
  if(IS_DIRECTORY ${folder})
    get_filename_component(name ${folder} NAME)
    file(CREATE_LINK ${folder} ${SGDYN_INCLUDE_DIR}/sgdyn/${name} SYMBOLIC)
  endif()
endforeach()
file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/validation/sgdyn.hpp ${SGDYN_INCLUDE_DIR}/sgdyn/sgdyn.hpp SYMBOLIC)
file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/theory ${SGDYN_INCLUDE_DIR}/sgdyn/theory SYMBOLIC)
file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/validation ${SGDYN_INCLUDE_DIR}/sgdyn/validation SYMBOLIC)
