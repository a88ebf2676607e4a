// A figure as gnuplot needs it.
#pragma once

#include <string>

namespace sgdyn::tools {

/// Data blocks once, then the commands, run for each output format.
struct FigureScript {
  std::string name;
  std::string caption;
  std::string data;
  std::string commands;
  int width = 720;
  int height = 460;
};

}  // namespace sgdyn::tools
