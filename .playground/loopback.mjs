// Loaded before the Playground (node --import): it would listen on every interface of
// the machine, and listens on that of loopback instead.
import net from 'node:net';

const { listen } = net.Server.prototype;
net.Server.prototype.listen = function (first, ...rest) {
  if (first !== null && typeof first === 'object') return listen.call(this, first.path ? first : { ...first, host: '127.0.0.1' }, ...rest);
  return listen.call(this, first, '127.0.0.1', ...rest.filter((argument) => typeof argument === 'function'));
};
