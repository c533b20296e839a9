// Loaded into Node before a client: says whom it connects to, and lets it connect to one address alone.
// Every TCP connection in Node, plain or TLS, is made by this one method; the permission model that the test
// turns on forbids what could go around it (other processes, worker threads, native code).

import net from "node:net";

const connect = net.Socket.prototype.connect;
const dialled = new Set();

net.Socket.prototype.connect = function (...given) {
  const [to] = Array.isArray(given[0]) ? given[0] : given;
  const address = `${to.host}:${to.port}`;
  dialled.add(address);
  if (address !== process.env.ONLY) {
    throw new Error(`${address} was to be contacted`);
  }
  return connect.apply(this, given);
};

process.on("exit", () => console.log(JSON.stringify({ step: "dialled", answer: [...dialled] })));
