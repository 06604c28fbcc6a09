#include "app/fleet/world.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "app/fleet/fleet_spec.h"
#include "app/fleet/sandbox.h"
#include "app/fleet/start.h"

namespace wardhive::fleet {
namespace {

constexpr std::size_t kMessagesBytesMax = 64 * 1024;

std::unexpected<Refusal> refused(std::string step, int error_number) {
  return std::unexpected(Refusal{std::move(step), error_number, {}});
}
std::unexpected<Refusal> broken(Error error) {
  return std::unexpected(Refusal{"", 0, std::move(error)});
}

std::string reason() { return std::string(::strerrordesc_np(errno)); }

std::expected<void, Refusal> make_files(std::vector<std::string>& notes) {
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    return refused("make its mounts private", errno);

  mount_attr read_only{};
  read_only.attr_set = MOUNT_ATTR_RDONLY;
  if (::mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &read_only, sizeof read_only) != 0)
    notes.push_back(fmt::format("the file system stays writable inside: {}", reason()));

  const auto options = fmt::format("mode=0755,size={}", kWorkBytesMax);
  if (::mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) != 0)
    return refused("mount files in memory on /run", errno);
  for (const auto& directory :
       {std::string("/run/netns"), std::string("/run/lock"), std::string(kWorkDirectory),
        Sandbox::inside("log").string(), Sandbox::inside("tmp").string()})
    if (::mkdir(directory.c_str(), 0755) != 0) return refused("make " + directory, errno);

  // Containers hide parts of /proc, and then a fresh one is refused: it would show them again.
  if (::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0)
    notes.push_back(fmt::format(
        "/proc inside is the outer one, so process ids in it are the outer ones: {}", reason()));
  return {};
}

// Runs ip(8) over `commands` in a network; what it says becomes the error.
Status run_ip(int net, const std::string& host, const std::string& commands) {
  const auto batch = Sandbox::inside("tmp/ip.batch");
  const auto said = Sandbox::inside("tmp/ip.said");
  WARDHIVE_TRY(write_file_atomically(batch, commands));
  const Fd output(::open(said.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!output) return std::unexpected(system_error(errno, "open " + said.string()));
  auto pid = start_process({.host = host,
                            .net = net,
                            .argv = {"ip", "-batch", batch.string()},
                            .env = {"PATH=/usr/sbin:/sbin:/usr/bin:/bin"},
                            .out = output.get(),
                            .err = output.get()});
  if (!pid) {
    if (pid.error().code == ErrorCode::NotFound)
      pid.error().message += " (it is in the package iproute2: sudo apt-get install iproute2)";
    return std::unexpected(std::move(pid).error());
  }
  int status = 0;
  ::waitpid(*pid, &status, 0);
  if (status == 0) return ok();
  return fail(
      ErrorCode::Unavailable,
      fmt::format(
          "ip could not set up the network of {}: {} (the kernel modules bridge and veth must be "
          "there: sudo modprobe -a bridge veth)",
          host, read_file(said, kMessagesBytesMax).value_or("no message")));
}

std::expected<void, Refusal> make_network(World& world, std::span<const std::string> hosts) {
  std::vector<std::string> names;
  for (const auto& host : hosts) names.push_back(host.substr(0, host.find('=')));
  const Fd own(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!own) return refused("open its network", errno);
  if (auto status = run_ip(own.get(), "switch", switch_commands(names)); !status)
    return broken(std::move(status).error());
  for (const auto& host : hosts) {
    const auto name = host.substr(0, host.find('='));
    Fd net(::open(("/run/netns/" + name).c_str(), O_RDONLY | O_CLOEXEC));
    if (!net) return refused("open the network of " + name, errno);
    if (auto status = run_ip(net.get(), name, host_commands(host.substr(name.size() + 1))); !status)
      return broken(std::move(status).error());
    world.hosts.emplace(name, std::move(net));
  }
  return {};
}

}  // namespace

std::string switch_commands(std::span<const std::string> host_names) {
  // No forwarding delay, no snooping: a fresh port carries the first packet.
  std::string out =
      "link add switch type bridge forward_delay 0 mcast_snooping 0\nlink set switch up\n";
  for (std::size_t i = 0; i < host_names.size(); ++i) {
    out += fmt::format("netns add {}\n", host_names[i]);
    out += fmt::format("link add port{} type veth peer name eth0 netns {}\n", i, host_names[i]);
    out += fmt::format("link set port{} master switch up\n", i);
  }
  return out;
}

std::string host_commands(const std::string& address) {
  // A host address and three routes: every documentation range is on the same wire, none is a
  // gateway away.
  std::string out =
      fmt::format("link set lo up\naddr add {}/32 dev eth0\nlink set eth0 up\n", address);
  for (const auto range : kRanges)
    out += fmt::format("route add {} dev eth0 src {}\n", range, address);
  return out;
}

std::expected<World, Refusal> make_world(std::span<const std::string> hosts) {
  World world;
  if (auto files = make_files(world.notes); !files)
    return std::unexpected(std::move(files).error());
  if (auto network = make_network(world, hosts); !network)
    return std::unexpected(std::move(network).error());
  world.work = Fd(::open(std::string(kWorkDirectory).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!world.work) return refused("open its work directory", errno);
  return world;
}

}  // namespace wardhive::fleet
