#include <algorithm>
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

constexpr const char* document_name = "result.json";

// Files the earlier result in `directory` says it wrote. @throws InputError when the document there is not ours.
std::vector<std::string> earlier_files(const fs::path& directory) {
  const fs::path file = directory / document_name;
  if (!fs::exists(file)) return {};
  nlohmann::json document;
  if (fs::is_regular_file(file)) {
    std::ifstream stream(file);
    document = nlohmann::json::parse(stream, nullptr, false);
  }
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

// A file below the directory, and the folder it was in when nothing else is there.
void remove_listed(const fs::path& directory, const std::string& name) {
  std::error_code ignored;
  fs::remove(directory / name, ignored);
  if (fs::path(name).has_parent_path()) remove_if_empty((directory / name).parent_path());
}

void remove_earlier(const fs::path& directory) {
  std::vector<std::string> files = earlier_files(directory);
  std::error_code ignored;
  // The document goes first: while files are being exchanged, nothing claims to be a whole result.
  fs::remove(directory / document_name, ignored);
  for (const std::string& name : files) {
    if (stays_inside(name)) remove_listed(directory, name);
  }
}

void move_file(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  fs::rename(from, to, error);
  if (!error) return;
  const bool full = error == std::errc::no_space_on_device;
  throw InputError("--out",
                   "\"" + to.string() + "\" cannot be written: " + (full ? "the disk is full" : error.message()));
}

// A directory without a result of ours must not hold anything a result would replace.
void refuse_foreign_files(const fs::path& directory) {
  std::error_code ignored;
  for (const char* name : {"arrays", "figures"}) {
    if (!fs::exists(directory / name, ignored) || fs::is_directory(directory / name, ignored)) continue;
    throw InputError("--out", "\"" + directory.string() + "\" holds a file called " + name +
                                  ", where a result has a directory; allowed is another directory");
  }
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
  discard();
  if (published_) return;
  for (const fs::path& part : created_) remove_if_empty(part);
}

fs::path OutputDirectory::stage() {
  discard();
  stage_ = std::make_unique<Stage>(path_);
  return stage_->path();
}

void OutputDirectory::discard() { stage_.reset(); }

void OutputDirectory::publish(const std::vector<std::string>& files) {
  const DirectoryLock lock(path_);
  remove_earlier(path_);
  move_into_place(files);
  published_ = true;
}

void OutputDirectory::move_into_place(const std::vector<std::string>& files) const {
  std::size_t moved = 0;
  try {
    for (; moved < files.size(); ++moved) move_file(stage_->path() / files[moved], path_ / files[moved]);
  } catch (const InputError&) {
    for (std::size_t i = 0; i < moved; ++i) remove_listed(path_, files[i]);
    throw;
  }
}

std::string OutputDirectory::public_names(std::string text) const {
  if (stage_ == nullptr) return text;
  const std::string staged = "/" + stage_->path().filename().string();
  if (const auto place = text.find(staged); place != std::string::npos) text.erase(place, staged.size());
  return text;
}

std::unique_ptr<OutputDirectory> open_output(const Options& options, const std::string& name, const Problem& problem,
                                             const std::string& variant) {
  std::unique_ptr<OutputDirectory> directory;
  if (!options.out.empty()) {
    directory = std::make_unique<OutputDirectory>(options.out);
  } else if (!options.json) {
    directory =
        std::make_unique<OutputDirectory>(fs::path("sgdyn-out") / (name + "-" + problem_hash(problem) + variant));
  }
  return directory;
}

}  // namespace sgdyn::tools
