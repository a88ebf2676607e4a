#include "sgdyn/core/memory.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <limits>
#include <string>

namespace sgdyn {
namespace {

constexpr double unlimited = std::numeric_limits<double>::infinity();

// MemAvailable of /proc/meminfo, in bytes.
double kernel_available() {
  std::ifstream file("/proc/meminfo");
  std::string key;
  double kilobytes = 0.0;
  std::string unit;
  while (file >> key >> kilobytes) {
    std::getline(file, unit);
    if (key == "MemAvailable:") return 1024.0 * kilobytes;
  }
  return unlimited;
}

double number_in(const char* path, double fallback) {
  std::ifstream file(path);
  double value = 0.0;
  return file >> value ? value : fallback;  // "max" does not read as a number
}

double control_group_available() {
  const double limit = number_in("/sys/fs/cgroup/memory.max", unlimited);
  return limit - number_in("/sys/fs/cgroup/memory.current", 0.0);
}

}  // namespace

double available_memory_bytes() { return std::min(kernel_available(), control_group_available()); }

std::string format_bytes(double bytes) {
  constexpr std::array<const char*, 5> units{"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  while (bytes >= 999.5 && unit + 1 < units.size()) {
    bytes /= 1000.0;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), bytes < 9.95 && unit > 0 ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
  return text.data();
}

}  // namespace sgdyn
