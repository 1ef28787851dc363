// Times one pulsed update of a 512 x 512 tile in a plain loop: 31-pulse stochastic trains, coincidences one by one, each with its own normal
// draw, the law of constant steps or of soft bounds with every device's own step and limits. One JSON row a case.
//
//     g++ -O3 -march=native -o update bench/peers/update.cpp && ./update [repeats]
//
// Trains are drawn bit by bit from the same generator (xoshiro256+), normals are Box and Muller's in pairs; x and d as in learning.py.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

constexpr int size = 512, batch = 64, slots = 31;
constexpr float step = 0.001f, limit = 0.6f, spread = 0.3f, cycle = 0.3f;

struct Chance {
  uint64_t s[4] = {1, 2, 3, 0x9e3779b97f4a7c15};
  float kept = 0;
  bool has = false;

  uint64_t next() {
    const uint64_t result = s[0] + s[3], shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 45) | (s[3] >> 19);
    return result;
  }

  // On 0 .. 1, never 0.
  float uniform() { return (static_cast<float>(next() >> 40) + 0.5f) * 0x1p-24f; }

  float normal() {
    if (has) {
      has = false;
      return kept;
    }
    const float radius = std::sqrt(-2 * std::log(uniform())), angle = 6.2831853f * uniform();
    kept = radius * std::sin(angle);
    has = true;
    return radius * std::cos(angle);
  }
};

struct Device {
  float weight, up, down, high, low;
};

void draw(Chance& chance, const float* values, std::vector<uint32_t>& trains) {
  for (int line = 0; line < size; line++) {
    uint32_t train = 0;
    for (int slot = 0; slot < slots; slot++) train |= static_cast<uint32_t>(chance.uniform() < std::fabs(values[line])) << slot;
    trains[line] = train;
  }
}

template <bool soft>
void update(Chance& chance, std::vector<Device>& devices, const float* x, const float* d, float turn,
            std::vector<uint32_t>& rows, std::vector<uint32_t>& columns) {
  draw(chance, x, rows);
  draw(chance, d, columns);
  for (int i = 0; i < size; i++) {
    for (int j = 0; j < size; j++) {
      uint32_t both = rows[i] & columns[j];
      if (both == 0) continue;
      Device& device = devices[i * size + j];
      const bool grows = x[i] * d[j] * turn > 0;
      float w = device.weight;
      for (; both != 0; both &= both - 1) {
        const float noise = 1 + cycle * chance.normal();
        if (grows) w += device.up * (soft ? 1 - w / device.high : 1) * noise;
        else w -= device.down * (soft ? 1 - w / device.low : 1) * noise;
        w = std::min(device.high, std::max(device.low, w));
      }
      device.weight = w;
    }
  }
}

template <bool soft>
void time(const char* name, int repeats) {
  Chance chance;
  std::vector<Device> devices(size * size);
  for (Device& device : devices) {
    const float own = step * std::max(0.0f, 1 + spread * chance.normal());
    const float asymmetry = 0.01f * step * chance.normal();
    device = {0, std::max(0.0f, own + asymmetry), std::max(0.0f, own - asymmetry),
              limit * std::max(0.01f, 1 + spread * chance.normal()), -limit * std::max(0.01f, 1 + spread * chance.normal())};
  }
  std::vector<float> x(batch * size), d(batch * size);
  for (float& value : x) value = 2 * chance.uniform() - 1;
  for (float& value : d) value = 2 * chance.uniform() - 1;
  for (int n = 0; n < batch; n++) x[n * size] = d[n * size] = 1;
  std::vector<uint32_t> rows(size), columns(size);
  std::vector<double> seconds;
  float turn = 1;
  for (int repeat = -1; repeat < repeats; repeat++) {
    const auto start = std::chrono::steady_clock::now();
    for (int n = 0; n < batch; n++) update<soft>(chance, devices, &x[n * size], &d[n * size], turn, rows, columns);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    if (repeat >= 0) seconds.push_back(taken.count() / batch);
    turn = -turn;
  }
  std::sort(seconds.begin(), seconds.end());
  // So that nothing is left out.
  float sum = 0;
  for (const Device& device : devices) sum += device.weight;
  std::printf("{\"case\": \"C++, 31-pulse update, %s\", \"unit\": \"us\", \"median\": %.3f, \"best\": %.3f, \"sum\": %g}\n", name,
              1e6 * seconds[seconds.size() / 2], 1e6 * seconds[0], sum);
}

}  // namespace

int main(int count, char** values) {
  const int repeats = count > 1 ? std::atoi(values[1]) : 3;
  time<false>("constant steps", repeats);
  time<true>("soft bounds", repeats);
}
