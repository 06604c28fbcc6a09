// Says which feature gates the VM runs with: succeeds where sol_remaining_compute_units exists,
// which mainnet does not have. For tests of the development chain.
extern "C" unsigned long sol_remaining_compute_units();

extern "C" unsigned long entrypoint(const unsigned char*) {
  return sol_remaining_compute_units() != 0 ? 0 : 1;
}
