# Installation and the package sgdyn for find_package.
install(TARGETS sgdyn RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
