// Lines of JSON: an object of numbers, texts and lists of numbers.
#pragma once
#include <cstdio>
#include <string>
#include <vector>

class Line {
 public:
  Line& number(const std::string& name, long value) { return raw(name, std::to_string(value)); }

  Line& text(const std::string& name, const std::string& value) { return raw(name, quoted(value)); }

  Line& sizes(const std::vector<size_t>& values) {
    std::string list;
    for (size_t each : values) {
      list += (list.empty() ? "" : ",") + std::to_string(each);
    }
    return raw("sizes", "[" + list + "]");
  }

  // One write, so that lines of several threads stay whole.
  void print() const {
    std::string whole = "{" + fields_ + "}\n";
    fwrite(whole.data(), 1, whole.size(), stdout);
    fflush(stdout);
  }

 private:
  Line& raw(const std::string& name, const std::string& value) {
    fields_ += (fields_.empty() ? "" : ",") + quoted(name) + ":" + value;
    return *this;
  }

  static std::string quoted(const std::string& value) {
    std::string all = "\"";
    for (char c : value) {
      switch (c) {
        case '\t': all += "\\t"; break;
        case '\r': all += "\\r"; break;
        case '\n': all += "\\n"; break;
        case '"': all += "\\\""; break;
        case '\\': all += "\\\\"; break;
        default: all += c;
      }
    }
    return all + "\"";
  }

  std::string fields_;
};
