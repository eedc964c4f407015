-- Prosody with nothing but WebSockets, anonymous people and rooms: no limits, no presence, no history.
data_path = "@FOLDER@/data"
plugin_paths = {}
pidfile = "@FOLDER@/prosody.pid"
daemonize = false
run_as_root = true
log = { error = "*console" }
network_backend = "epoll"
modules_enabled = { "saslauth", "disco", "websocket" }
modules_disabled = { "s2s", "offline", "tls" }
c2s_ports = {}
c2s_direct_tls_ports = {}
interfaces = { "127.0.0.1" }
http_ports = { @PORT@ }
http_interfaces = { "127.0.0.1" }
https_ports = {}
http_host = "localhost"
consider_websocket_secure = true
c2s_require_encryption = false
allow_unencrypted_plain_auth = true

VirtualHost "localhost"
  authentication = "anonymous"

Component "conference.localhost" "muc"
  muc_room_locking = false
  muc_room_default_presence_broadcast = { visitor = false, participant = false, moderator = false }
  max_history_messages = 0
  muc_room_default_history_length = 0
