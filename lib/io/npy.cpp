#include "sgdyn/io/npy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/io/atomic_file.hpp"
#include "sgdyn/io/file_text.hpp"

namespace sgdyn {
namespace {

static_assert(std::endian::native == std::endian::little, "NPY files are written as they lie in memory");
static_assert(sizeof(double) == 8);

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr std::string_view magic{"\x93NUMPY\x01\x00", 8};
constexpr std::size_t alignment = 64;
constexpr std::size_t prefix = magic.size() + 2;  // and the length of the dictionary, 16 bits

std::string header(Eigen::Index rows, Eigen::Index columns) {
  std::string dictionary = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
                           std::to_string(columns) + "), }";
  const std::size_t total = (prefix + dictionary.size() + 1 + alignment - 1) / alignment * alignment;
  dictionary.resize(total - prefix - 1, ' ');
  dictionary += '\n';
  const std::size_t length = dictionary.size();
  return std::string(magic) + static_cast<char>(length & 0xffU) + static_cast<char>(length >> 8U) + dictionary;
}

struct Layout {
  std::vector<Eigen::Index> shape;
  bool fortran_order = false;
};

/// What follows `'key':` in the dictionary of the header, blanks skipped.
std::string_view entry(std::string_view dictionary, std::string_view key) {
  const std::size_t found = dictionary.find(fmt::format("'{}':", key));
  if (found == std::string_view::npos) throw InputError("", "the NPY header lacks '" + std::string(key) + "'");
  const std::string_view rest = dictionary.substr(found + key.size() + 3);
  return rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
}

Layout parse_header(std::string_view dictionary) {
  if (!entry(dictionary, "descr").starts_with("'<f8'")) {
    throw InputError("", "the array is not of 64 bit floats; allowed is the type '<f8'");
  }
  Layout layout;
  layout.fortran_order = entry(dictionary, "fortran_order").starts_with("True");
  std::string_view shape = entry(dictionary, "shape");
  shape = shape.substr(0, shape.find(')'));
  while (true) {
    const std::size_t digit = shape.find_first_of("0123456789");
    if (digit == std::string_view::npos) break;
    Eigen::Index length = 0;
    const auto [end, error] = std::from_chars(shape.data() + digit, shape.data() + shape.size(), length);
    if (error != std::errc()) throw InputError("", "the shape in the NPY header cannot be read");
    layout.shape.push_back(length);
    shape.remove_prefix(static_cast<std::size_t>(end - shape.data()));
  }
  if (layout.shape.empty() || layout.shape.size() > 2) {
    throw InputError("", "the array has " + std::to_string(layout.shape.size()) + " dimensions; allowed are 1 and 2");
  }
  return layout;
}

Eigen::MatrixXd read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, prefix> start{};
  if (!file.read(start.data(), prefix) || std::string_view(start.data(), magic.size()) != magic) {
    throw InputError("", "cannot be read as an NPY file of version 1.0");
  }
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(start[i])); };
  std::string dictionary(byte(8) | byte(9) << 8U, '\0');
  if (!file.read(dictionary.data(), static_cast<std::streamsize>(dictionary.size()))) {
    throw InputError("", "ends inside the NPY header");
  }
  const Layout layout = parse_header(dictionary);
  const Eigen::Index rows = layout.shape[0];
  const Eigen::Index columns = layout.shape.size() == 2 ? layout.shape[1] : 1;

  // The size of the file bounds the shape before anything of that size is allocated.
  const auto bytes = static_cast<std::uintmax_t>(std::filesystem::file_size(path)) - prefix - dictionary.size();
  const std::uintmax_t count = bytes / sizeof(double);
  const auto expected_rows = static_cast<std::uintmax_t>(rows);
  const bool fits = columns == 0 || expected_rows <= count / static_cast<std::uintmax_t>(columns);
  if (!fits || bytes != expected_rows * static_cast<std::uintmax_t>(columns) * sizeof(double)) {
    throw InputError("", "holds " + std::to_string(bytes) + " bytes of data, which is not what its shape asks for");
  }
  const auto load = [&](double* target) {
    file.read(reinterpret_cast<char*>(target), static_cast<std::streamsize>(bytes));
    if (!file) throw InputError("", "cannot be read: the disk reported an error");
  };
  Eigen::MatrixXd matrix(rows, columns);
  if (layout.fortran_order) {
    load(matrix.data());
  } else {
    RowMajor by_rows(rows, columns);
    load(by_rows.data());
    matrix = by_rows;
  }
  return matrix;
}

}  // namespace

void write_npy(const std::filesystem::path& path, const Eigen::Ref<const Eigen::MatrixXd>& matrix) {
  AtomicFile file(path);
  file.write(header(matrix.rows(), matrix.cols()));
  // A block of rows at a time: two-time arrays are too large to copy whole.
  constexpr Eigen::Index block_entries = Eigen::Index{1} << 17;
  const Eigen::Index block = std::max<Eigen::Index>(1, block_entries / std::max<Eigen::Index>(1, matrix.cols()));
  RowMajor rows;
  for (Eigen::Index first = 0; first < matrix.rows(); first += block) {
    rows = matrix.middleRows(first, std::min(block, matrix.rows() - first));
    file.write({reinterpret_cast<const char*>(rows.data()), static_cast<std::size_t>(rows.size()) * sizeof(double)});
  }
  file.commit();
}

Eigen::MatrixXd read_npy(const std::filesystem::path& path) {
  try {
    return read(path);
  } catch (const InputError& error) {
    throw error.at(detail::shown(path));
  }
}

}  // namespace sgdyn
