// The few functions of libcurl that a download needs, from the shared library opened at run time.
#pragma once

#include <curl/curl.h>

namespace aisle {

struct CurlLibrary {
  decltype(&curl_easy_init) init;
  decltype(&curl_easy_setopt) set;
  decltype(&curl_easy_perform) perform;
  decltype(&curl_easy_getinfo) info;
  decltype(&curl_easy_cleanup) cleanup;
  decltype(&curl_easy_strerror) strerror;
  decltype(&curl_slist_append) append;
  decltype(&curl_slist_free_all) free_list;
};

// Stays loaded. kUnsupported where it is missing.
const CurlLibrary& curl_library();

}  // namespace aisle
