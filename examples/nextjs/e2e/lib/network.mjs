// Loaded into every Node of the tests of a deployment: its hosts are at the stand-in of the edge, which cannot have port
// 443 on a developer's machine. Nothing else is other than in a Node of its own.
import tls from "node:tls";
import { EDGE_PORT, HOSTS } from "./hosts.mjs";

const { connect } = tls;
tls.connect = (options, ...rest) =>
  connect(HOSTS.includes(options?.host) ? { ...options, host: "127.0.0.1", port: EDGE_PORT } : options, ...rest);
