# One compiler, one language level, warnings as errors, the same arithmetic on every machine.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)

set(CW_SANITIZE "" CACHE STRING "Sanitizers, as clang's -fsanitize takes them")
option(CW_FUZZ "Build the libFuzzer targets" OFF)

# ccache keeps precompiled headers only with these; the launcher sets them so that nobody has to.
find_program(CW_CCACHE ccache)
if(CW_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CW_CCACHE})
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wconversion -Wno-sign-conversion
                    -Wimplicit-fallthrough -Werror -fcolor-diagnostics)
# The same bits everywhere: no fused contraction unless std::fma is written, never fast-math.
add_compile_options(-march=x86-64-v3 -ffp-contract=off -Xclang -fno-pch-timestamp)
add_link_options(-fuse-ld=mold)

if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_options(-O1 -gline-tables-only -fno-omit-frame-pointer)
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-gline-tables-only)
endif()

if(CW_SANITIZE)
  add_compile_options(-fsanitize=${CW_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CW_SANITIZE})
endif()
if(CW_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
