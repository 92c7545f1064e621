# cmake -D OUT=file -D SOURCE=folder -P build_stamp.cmake: writes the commit that is built, and only when it changed.
cmake_minimum_required(VERSION 3.25)
set(commit "")
find_program(CW_GIT git)
if(CW_GIT)
  execute_process(COMMAND ${CW_GIT} -C ${SOURCE} describe --always --dirty=,\ changed --exclude=*
                  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(commit)
  set(commit " (${commit})")
endif()
file(CONFIGURE OUTPUT ${OUT} CONTENT "#include \"app/version.h\"

namespace cw::app {
std::string build_suffix() { return \"@commit@\"; }
}  // namespace cw::app
" @ONLY)
