#include "progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace sgdyn::tools {
namespace {

using namespace std::chrono_literals;

constexpr auto silent_start = 2s;
constexpr auto terminal_interval = 100ms;
constexpr auto plain_interval = 5s;
constexpr int bar_width = 24;

std::string bar(double percent) {
  const int filled = static_cast<int>(std::lround(percent / 100.0 * bar_width));
  return fmt::format("[{:#<{}}{:.<{}}]", "", filled, "", bar_width - filled);
}

}  // namespace

std::string duration_text(double seconds) {
  if (seconds < 60.0) return fmt::format("{:.0f} s", seconds);
  const long whole = std::lround(std::min(seconds, 1e9));
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

ProgressDisplay::ProgressDisplay(bool visible) : visible_(visible), terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressDisplay::~ProgressDisplay() { clear(); }

void ProgressDisplay::start_stage(const std::string& stage, Clock::time_point now) {
  if (stage_.empty()) next_write_ = now + silent_start;
  stage_ = stage;
  stage_start_ = now;
}

std::string ProgressDisplay::line(const Progress& progress, double seconds) const {
  const double percent = 100.0 * std::clamp(progress.done / progress.total, 0.0, 1.0);
  const double rate = seconds > 0.0 ? percent / seconds : 0.0;
  const std::string remaining = rate > 0.0 ? duration_text((100.0 - percent) / rate) : "unknown";
  const std::string picture = terminal_ ? fmt::format(" {}", bar(percent)) : std::string();
  return fmt::format("{}:{} {:3.0f} %  {:.2g} %/s  ETA {}", progress.stage, picture, percent, rate, remaining);
}

void ProgressDisplay::update(const Progress& progress) {
  if (!visible_ || !(progress.total > 0.0)) return;
  const Clock::time_point now = Clock::now();
  if (progress.stage != stage_) start_stage(progress.stage, now);
  if (now < next_write_) return;
  next_write_ = now + (terminal_ ? Clock::duration(terminal_interval) : Clock::duration(plain_interval));
  const std::string text = line(progress, std::chrono::duration<double>(now - stage_start_).count());
  if (terminal_) {
    std::fprintf(stderr, "\r\033[K%s", text.c_str());
    bar_shown_ = true;
  } else {
    std::fprintf(stderr, "%s\n", text.c_str());
  }
  std::fflush(stderr);
}

void ProgressDisplay::clear() {
  if (bar_shown_) std::fputs("\r\033[K", stderr);
  bar_shown_ = false;
}

}  // namespace sgdyn::tools
