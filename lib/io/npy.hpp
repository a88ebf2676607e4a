// Matrices in NumPy's file format (NPY 1.0): float64, little endian, C order, data aligned to 64 bytes so that
// numpy.load(..., mmap_mode="r") maps them.
#pragma once

#include <Eigen/Core>
#include <filesystem>

namespace sgdyn {

/// Writes a two-dimensional array, whole or not at all (io/atomic_file.hpp). @throws InputError ("--out").
void write_npy(const std::filesystem::path& path, const Eigen::Ref<const Eigen::MatrixXd>& matrix);

/// Reads a one- or two-dimensional float64 array; one dimension gives a column.
/// @throws InputError when the file cannot be read or is not such an array.
[[nodiscard]] Eigen::MatrixXd read_npy(const std::filesystem::path& path);

}  // namespace sgdyn
