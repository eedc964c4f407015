// A chat on Node’s `ws`. Speaks as much of Parlor’s contract as a run of `parlor-bench compare` needs. Nobody signs in
// and nothing is kept.
import { Buffer } from 'node:buffer';
import process from 'node:process';
import { WebSocketServer } from 'ws';

const rooms = new Map();

function roomOf(id) {
  let room = rooms.get(id);
  if (!room) {
    room = { head: 0, members: new Set() };
    rooms.set(id, room);
  }
  return room;
}

function hello(socket, frame) {
  const [user, id] = frame.data.token.split(':');
  const room = roomOf(id);
  room.members.add(socket);
  socket.on('close', () => room.members.delete(socket));
  const data = { user: { id: user }, rooms: [{ id, head: room.head }] };
  socket.send(JSON.stringify({ type: 'ready', ref: frame.ref, data }));
}

function send(socket, frame) {
  const { room: id, body, nonce } = frame.data;
  const room = roomOf(id);
  room.head += 1;
  const event = { type: 'message.created', room: id, seq: room.head, data: { body, nonce } };
  // Encoded once for everybody.
  const bytes = Buffer.from(JSON.stringify(event));
  for (const member of room.members) {
    member.send(bytes, { binary: false });
  }
  socket.send(JSON.stringify({ type: 'ok', ref: frame.ref, data: { seq: room.head } }));
}

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  perMessageDeflate: false,
  clientTracking: false,
  backlog: 4096,
});
server.on('connection', (socket) => {
  socket.on('error', () => socket.terminate());
  socket.on('message', (bytes) => {
    const frame = JSON.parse(bytes.toString());
    (frame.type === 'hello' ? hello : send)(socket, frame);
  });
});
