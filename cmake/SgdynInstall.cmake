# Installation, and the package `sgdyn` for find_package: targets sgdyn::sgdyn (everything) and sgdyn::sgdyn_core, _io,
# _sim, _theory, _validation (parts). A project that takes the sources in by add_subdirectory has the same names.
include(CMakePackageConfigHelpers)

get_property(sgdyn_libraries GLOBAL PROPERTY SGDYN_LIBRARIES)
# The name `sgdyn` belongs to the command, so the library that stands for all is called differently in the build.
add_library(sgdyn_all INTERFACE)
add_library(sgdyn::sgdyn ALIAS sgdyn_all)
set_target_properties(sgdyn_all PROPERTIES EXPORT_NAME sgdyn)
target_link_libraries(sgdyn_all INTERFACE ${sgdyn_libraries})

install(TARGETS sgdyn RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS ${sgdyn_libraries} sgdyn_all EXPORT sgdynTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})

# Headers keep the spelling of the build tree: "sgdyn/core/problem.hpp", "sgdyn/theory/dmft/dmft.hpp".
function(sgdyn_install_headers from to)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${from} ${from}/*.hpp)
  list(REMOVE_ITEM headers sgdyn.hpp)  # the one header of the top folder
  foreach(header IN LISTS headers)
    get_filename_component(folder ${header} DIRECTORY)
    install(FILES ${from}/${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/${to}/${folder})
  endforeach()
endfunction()
sgdyn_install_headers(${PROJECT_SOURCE_DIR}/lib sgdyn)
sgdyn_install_headers(${PROJECT_SOURCE_DIR}/theory sgdyn/theory)
sgdyn_install_headers(${PROJECT_SOURCE_DIR}/validation sgdyn/validation)
install(FILES ${PROJECT_SOURCE_DIR}/validation/sgdyn.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sgdyn)
sgdyn_install_headers(${SGDYN_INCLUDE_DIR}/sgdyn/generated sgdyn/generated)

file(GLOB sgdyn_cases CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/validation/cases/*.toml)
install(FILES ${sgdyn_cases} DESTINATION ${CMAKE_INSTALL_DATADIR}/sgdyn/cases)
file(GLOB sgdyn_minimiser_cases CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/validation/cases/minimiser/*.toml)
install(FILES ${sgdyn_minimiser_cases} DESTINATION ${CMAKE_INSTALL_DATADIR}/sgdyn/cases/minimiser)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(sgdyn_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/sgdyn)
install(EXPORT sgdynTargets NAMESPACE sgdyn:: DESTINATION ${sgdyn_package_dir})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/sgdynConfig.cmake.in
  ${PROJECT_BINARY_DIR}/sgdynConfig.cmake INSTALL_DESTINATION ${sgdyn_package_dir})
# Before 1.0 a new minor version may change the interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/sgdynConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/sgdynConfig.cmake ${PROJECT_BINARY_DIR}/sgdynConfigVersion.cmake
  ${CMAKE_CURRENT_LIST_DIR}/SgdynLibraries.cmake
  DESTINATION ${sgdyn_package_dir})
