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

double number_in(const std::string& path, double fallback) {
  std::ifstream file(path);
  double value = 0.0;
  return file >> value ? value : fallback;  // "max" does not read as a number
}

// The value of `key` in a file of "key value" lines.
double entry_in(const std::string& path, const std::string& key) {
  std::ifstream file(path);
  std::string name;
  double value = 0.0;
  while (file >> name >> value) {
    if (name == key) return value;
  }
  return 0.0;
}

// What one control group still allows; page cache that can be dropped does not count as used.
double group_available(const std::string& folder, const char* limit_file, const char* usage_file) {
  const double limit = number_in(folder + limit_file, unlimited);
  if (limit > 1e18) return unlimited;  // version 1 writes a huge number for no limit
  const double cache = entry_in(folder + "memory.stat", "inactive_file");
  return limit - std::max(0.0, number_in(folder + usage_file, 0.0) - cache);
}

// The group this process is in, and those above it, for both versions of control groups.
double control_group_available() {
  double available = unlimited;
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const bool second_version = line.starts_with("0::");
    if (!second_version && line.find(":memory:") == std::string::npos) continue;
    std::string path = line.substr(line.rfind(':') + 1);
    for (;; path.resize(path.rfind('/'))) {
      const std::string root = second_version ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
      const std::string folder = root + (path == "/" ? "" : path) + "/";
      available = std::min(available, second_version
                                          ? group_available(folder, "memory.max", "memory.current")
                                          : group_available(folder, "memory.limit_in_bytes", "memory.usage_in_bytes"));
      if (path.find('/') == std::string::npos) break;
    }
  }
  return available;
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
