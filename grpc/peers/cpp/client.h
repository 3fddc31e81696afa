#pragma once
#include <string>
#include <vector>

// Runs cases of the official interoperability tests against 127.0.0.1:port, and prints a line of JSON for each.
void run(const std::string& port, const std::vector<std::string>& cases);
