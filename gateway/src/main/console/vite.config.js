// Paths are relative, so that the page may lie anywhere; and there is one script, as there is one page.

// What nobody here uses and no bundler can see: kinds of lines, joins and axes of dates in uPlot, and WebTransport, which a session would choose by its URL.
const unused = {
  name: 'unused',
  transform(code, id) {
    if (id.endsWith('uPlot.esm.js')) {
      const changes = [
        [/\{\n\tuPlot\.join = join;[^]*(?=export \{ uPlot as default)/, ''],
        [/let isTime = [^;]+;/g, 'const isTime = false;'],
        [/const \[ timeIncrs\w+, [^;]+;/g, ''],
        [/const _time(AxisSplits|AxisVals|SeriesVal) += [^;]+;/g, ''],
      ];
      for (const [from, to] of changes) {
        if (code.search(from) < 0) {
          throw new Error(`uPlot is another one than vite.config.js knows: there is no ${from}`);
        }
        code = code.replace(from, to);
      }
      return { code, map: null };
    }
    return id.endsWith('capstan-web/webtransport.ts') ? { code: `export const webTransports = () => { throw new Error('the console has WebSockets alone'); };`, map: null } : undefined;
  },
};

export default {
  base: './',
  logLevel: 'warn',
  plugins: [unused],
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', modulePreload: false, assetsInlineLimit: 0, reportCompressedSize: false },
};
