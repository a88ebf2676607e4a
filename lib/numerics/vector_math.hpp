// Vectorised exp, log, log1p, expm1, sin, cos, tanh, erf, erfc, pow without -ffast-math: glibc's libmvec declares its
// SIMD clones only under __FAST_MATH__, so they are declared here. Loops that use them carry `#pragma omp simd` and
// need -fno-math-errno. Accuracy: at most 4 units in the last place; infinities and NaN as in libm.
#pragma once

#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__GLIBC__)
extern "C" {
#pragma omp declare simd notinbranch
double exp(double) noexcept;
#pragma omp declare simd notinbranch
double log(double) noexcept;
#pragma omp declare simd notinbranch
double log1p(double) noexcept;
#pragma omp declare simd notinbranch
double sin(double) noexcept;
#pragma omp declare simd notinbranch
double cos(double) noexcept;
#pragma omp declare simd notinbranch
double expm1(double) noexcept;
#pragma omp declare simd notinbranch
double tanh(double) noexcept;
#pragma omp declare simd notinbranch
double erf(double) noexcept;
#pragma omp declare simd notinbranch
double erfc(double) noexcept;
#pragma omp declare simd notinbranch
double pow(double, double) noexcept;
}
#endif

#include <cmath>
