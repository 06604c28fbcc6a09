#include "net/websocket_client.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <thread>

#include "testkit/websocket_server.h"

namespace wardhive::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Peer = WebsocketServer::Peer;

// What `code` and the words of it say.
void expect_error(const Error& error, ErrorCode code, std::string_view words) {
  EXPECT_EQ(error.code, code) << error.message;
  EXPECT_THAT(error.message, HasSubstr(std::string(words)));
}

TEST(WebsocketClient, ReadsWhatTheServerSaysAndAnswersPings) {
  WebsocketServer server([](Peer& peer) {
    const auto asked = peer.receive();
    peer.ping();
    peer.send("you said " + asked.value_or("nothing"));
    peer.send_in_pieces("in pieces");
    peer.send("");
    peer.send(std::string(100'000, 'x'));
    peer.receive();  // the pong is read here; the client then goes away
  });
  WebsocketClient client({.url = server.url() + "a/path?with=query"});
  ASSERT_TRUE(client.open());
  ASSERT_TRUE(client.send("hello"));
  EXPECT_EQ(client.receive().value(), "you said hello");
  EXPECT_EQ(client.receive().value(), "in pieces");
  EXPECT_EQ(client.receive().value(), "");
  EXPECT_EQ(client.receive().value(), std::string(100'000, 'x'));
}

TEST(WebsocketClient, SaysHowAConnectionEnded) {
  std::atomic<int> which{0};
  WebsocketServer server([&](Peer& peer) {
    if (which == 0) peer.close(1001, "going away");
    if (which == 1) peer.send_raw("\x83\x01x");     // an opcode that the RFC keeps for later
    if (which == 2) peer.send_raw("\x81\x7e\x01");  // ends within the frame's head
    if (which == 3) peer.send(std::string(1'001, 'x'));
  });
  WebsocketClient client({.url = server.url(), .message_bytes_max = 1'000});
  const auto end = [&](int way, ErrorCode code, std::string_view words) {
    which = way;
    ASSERT_TRUE(client.open()) << way;
    const auto said = client.receive();
    ASSERT_FALSE(said) << way;
    expect_error(said.error(), code, words);
    expect_error(said.error(), code, "127.0.0.1:");
    expect_error(client.receive().error(), ErrorCode::Unavailable, "not open");
    expect_error(client.send("x").error(), ErrorCode::Unavailable, "not open");
  };
  end(0, ErrorCode::Unavailable, "closed with 1001 \"going away\"");
  end(1, ErrorCode::Unavailable, "opcode");
  end(2, ErrorCode::Unavailable, "");
  end(3, ErrorCode::LimitReached, "larger than 1000 bytes");
  EXPECT_EQ(server.served(), 4u) << "one client opens as often as it likes";
}

TEST(WebsocketClient, SaysWhyThereIsNone) {
  const auto opened = [](std::string url) {
    WebsocketClient client({.url = std::move(url), .timeout = seconds(5)});
    return client.open();
  };
  {
    WebsocketServer refusing(std::string("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n"));
    expect_error(opened(refusing.url()).error(), ErrorCode::Unavailable,
                 "it answered \"HTTP/1.1 403 Forbidden\"");
  }
  {
    WebsocketServer lying(std::string(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
        "sec-websocket-accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"));
    expect_error(opened(lying.url()).error(), ErrorCode::Unavailable, "Accept");
  }
  {
    WebsocketServer babbling(std::string("SSH-2.0-OpenSSH_9.2\r\n"));
    expect_error(opened(babbling.url()).error(), ErrorCode::Unavailable, "\"SSH-2.0-OpenSSH_9.2\"");
  }
  expect_error(opened("ws://127.0.0.1:1/").error(), ErrorCode::Unavailable, "could not connect");
  for (const auto* url : {"http://127.0.0.1:1/", "ws:/x", "ws://", ""})
    expect_error(opened(url).error(), ErrorCode::InvalidInput, fmt::format("\"{}\" is not", url));
  const auto secret = opened("ws://user:word@127.0.0.1:1/").error();
  EXPECT_EQ(secret.code, ErrorCode::InvalidInput);
  EXPECT_THAT(secret.message, Not(HasSubstr("word@")));
}

TEST(WebsocketClient, ASilentServerIsGivenUp) {
  WebsocketServer server([](Peer& peer) { peer.receive(); });
  WebsocketClient client({.url = server.url(), .idle_timeout = millis(50)});
  ASSERT_TRUE(client.open());
  EXPECT_EQ(client.receive().error().code, ErrorCode::Timeout);
}

// Bytes or pings that are no message must not keep us from asking somebody else.
TEST(WebsocketClient, AServerThatDripsIsGivenUpToo) {
  std::atomic<bool> over{false};
  WebsocketServer server([&](Peer& peer) {
    peer.send_raw("\x81\x7e\xff\xff");
    while (!over && peer.send_raw("x") && !peer.wait(5)) continue;
  });
  WebsocketServer flooding([&](Peer& peer) {
    while (!over && peer.ping()) continue;
  });
  for (const auto* dripping : {&server, &flooding}) {
    WebsocketClient client({.url = dripping->url(), .idle_timeout = millis(60)});
    ASSERT_TRUE(client.open());
    EXPECT_EQ(client.receive().error().code, ErrorCode::Timeout);
  }
  over = true;
}

TEST(WebsocketClient, CancelEndsAWaitAndWhatComesLater) {
  std::promise<void> waiting;
  WebsocketServer server([&](Peer& peer) {
    peer.receive();
    waiting.set_value();
    peer.receive();
  });
  WebsocketClient client({.url = server.url()});
  ASSERT_TRUE(client.open());
  ASSERT_TRUE(client.send("here"));
  std::thread other([&] {
    waiting.get_future().wait();
    client.cancel();
  });
  expect_error(client.receive().error(), ErrorCode::Unavailable, "cancelled");
  other.join();
  expect_error(client.open().error(), ErrorCode::Unavailable, "cancelled");
}

TEST(WebsocketClient, CancelEndsWhatNeverPauses) {
  const std::string large(100'000, 'x');
  WebsocketServer server([&](Peer& peer) {
    while (peer.send(large)) continue;
  });
  WebsocketClient client({.url = server.url()});
  ASSERT_TRUE(client.open());
  std::promise<void> flowing;
  std::thread other([&] {
    flowing.get_future().wait();
    client.cancel();
  });
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(client.receive());
  flowing.set_value();
  while (client.receive()) continue;
  other.join();
}

}  // namespace
}  // namespace wardhive::net
