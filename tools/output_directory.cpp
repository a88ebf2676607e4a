#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "results.hpp"
#include "sgdyn/core/error.hpp"
#include "sgdyn/io/atomic_file.hpp"
#include "sgdyn/io/problem_file.hpp"

namespace sgdyn::tools {
namespace {

namespace fs = std::filesystem;

constexpr const char* stage_prefix = ".sgdyn-";
constexpr const char* document_name = "result.json";

// Files the earlier result in `directory` says it wrote. @throws InputError when the document there is not ours.
std::vector<std::string> earlier_files(const fs::path& directory) {
  const fs::path file = directory / document_name;
  if (!fs::exists(file)) return {};
  std::ifstream stream(file);
  const nlohmann::json document = nlohmann::json::parse(stream, nullptr, false);
  if (!document.is_object() || !document.contains("schema") || document["schema"] != "sgdyn-result/1") {
    throw InputError("--out", "\"" + directory.string() +
                                  "\" holds a result.json that sgdyn did not write; allowed is "
                                  "a new directory or one of an earlier result");
  }
  std::vector<std::string> files;
  if (!document.contains("files") || !document["files"].is_array()) return files;
  for (const nlohmann::json& name : document["files"]) {
    if (name.is_string()) files.push_back(name.get<std::string>());
  }
  return files;
}

// Only plain names below the directory itself: a document is text anybody may have edited.
bool stays_inside(const fs::path& name) {
  return name.is_relative() &&
         std::none_of(name.begin(), name.end(), [](const fs::path& part) { return part == ".."; });
}

void remove_if_empty(const fs::path& directory) {
  std::error_code ignored;
  if (fs::is_empty(directory, ignored) && !ignored) fs::remove(directory, ignored);
}

void remove_earlier(const fs::path& directory) {
  std::vector<std::string> files = earlier_files(directory);
  std::error_code ignored;
  // The document goes first: while files are being exchanged, nothing claims to be a whole result.
  fs::remove(directory / document_name, ignored);
  for (const std::string& name : files) {
    if (!stays_inside(name)) continue;
    fs::remove(directory / name, ignored);
    if (fs::path(name).has_parent_path()) remove_if_empty((directory / name).parent_path());
  }
}

// Stages of processes that were killed while writing.
void remove_abandoned_stages(const fs::path& directory) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(stage_prefix)) continue;
    const int process = std::atoi(name.c_str() + std::string_view(stage_prefix).size());
    if (process > 0 && kill(process, 0) != 0 && errno == ESRCH) fs::remove_all(entry.path(), ignored);
  }
}

void move_file(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  fs::rename(from, to, error);
  if (error) throw InputError("--out", "\"" + to.string() + "\" cannot be written: " + error.message());
}

}  // namespace

namespace {

// Files are exchanged by one process at a time; the others wait. The lock goes with the process.
class DirectoryLock {
 public:
  explicit DirectoryLock(const fs::path& directory) : descriptor_(::open(directory.c_str(), O_RDONLY | O_DIRECTORY)) {
    if (descriptor_ >= 0) ::flock(descriptor_, LOCK_EX);
  }
  ~DirectoryLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  int descriptor_;
};

// A directory without a result of ours must not hold anything a result would replace.
void refuse_foreign_files(const fs::path& directory) {
  std::error_code ignored;
  if (fs::exists(directory / document_name, ignored)) return;
  for (const char* name : {"series.csv", "report.html", "arrays", "figures"}) {
    if (!fs::exists(directory / name, ignored)) continue;
    throw InputError("--out", "\"" + directory.string() + "\" holds a " + name +
                                  " that sgdyn did not write; allowed is a new directory or one of an earlier result");
  }
}

}  // namespace

OutputDirectory::OutputDirectory(fs::path path) : path_(std::move(path)) {
  std::error_code ignored;
  for (fs::path part = fs::absolute(path_).lexically_normal(); !fs::exists(part, ignored); part = part.parent_path()) {
    if (part.has_filename()) created_.push_back(part);
  }
  try {
    prepare_output_directory(path_);
    const DirectoryLock lock(path_);
    (void)earlier_files(path_);
    refuse_foreign_files(path_);
  } catch (...) {
    for (const fs::path& part : created_) remove_if_empty(part);
    throw;
  }
}

OutputDirectory::~OutputDirectory() {
  std::error_code ignored;
  if (!stage_.empty()) fs::remove_all(stage_, ignored);
  if (published_) return;
  for (const fs::path& part : created_) remove_if_empty(part);
}

fs::path OutputDirectory::stage() {
  remove_abandoned_stages(path_);
  stage_ = path_ / (stage_prefix + std::to_string(getpid()));
  prepare_output_directory(stage_);
  return stage_;
}

void OutputDirectory::publish(const std::vector<std::string>& files) {
  const DirectoryLock lock(path_);
  remove_earlier(path_);
  published_ = true;
  for (const std::string& name : files) move_file(stage_ / name, path_ / name);
}

std::unique_ptr<OutputDirectory> open_output(const Options& options, const std::string& name, const Problem& problem) {
  std::unique_ptr<OutputDirectory> directory;
  if (!options.out.empty()) {
    directory = std::make_unique<OutputDirectory>(options.out);
  } else if (!options.json) {
    directory = std::make_unique<OutputDirectory>(fs::path("sgdyn-out") / (name + "-" + problem_hash(problem)));
  }
  return directory;
}

}  // namespace sgdyn::tools
