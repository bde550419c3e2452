const set = (words: string): ReadonlySet<string> => new Set(words.split(" "));

/** Endings that only files have. */
export const SOURCE_ENDINGS = set(
  "ts tsx mts cts js jsx mjs cjs py pyi pyx ipynb go rs java kt kts scala groovy gradle rb erb php phtml cs fs fsx vb cpp cc cxx hpp hh hxx mm " +
    "swift dart lua pl pm ex exs erl hs ml mli clj cljs elm zig nim jl sol vue svelte astro html htm css scss sass less md mdx rst adoc txt " +
    "yml yaml toml ini cfg conf properties xml xsd svg png jpg jpeg gif webp ico pdf csv tsv parquet sql prisma graphql gql proto sh bash zsh fish " +
    "ps1 bat cmd dockerfile tf tfvars hcl nix cmake mk mod sum lock snap ejs hbs pug twig jinja j2 tmpl tpl liquid wasm wat asm plist storyboard xib " +
    "csproj sln vcxproj gemspec podspec cabal bazel bzl ftl jsp aspx cshtml razor r rmd feature robot http rest env example sample patch diff",
);

/** Endings that are as often a property or a method: `response.json`, `console.log`, `process.env`, `self.c`. */
export const PROPERTY_ENDINGS = set(
  "json log env map lock text data key pem db c h d s m r v html css sql xml csv ts md conf config http rest sum mod example sample feature lua cmd diff patch bin out so o a",
);

/** What stands before such a property: `res.json` is a call, `tsconfig.json` a file. */
export const PROPERTY_OWNERS = set(
  "rails django logging flask prototype deno res req resp response request console math logger log process self this json window document np pd $ r ctx context event evt data result results " +
    "mutex rwmutex obj object meta import import.meta e err error ex item row rows node el element params query body state props user session db client " +
    "conn connection cursor cache config settings options opts args app api axios fetch http https os sys string str array list dict i j k x y z a b c t s p q n m v " +
    "module exports std fs path file stream df torch tf nn plt ax sc git page input output message msg payload record entry value key super base model",
);

/** Products that look like files. */
export const PRODUCT_NAMES = set(
  "node.js next.js vue.js react.js express.js nuxt.js nest.js d3.js three.js chart.js moment.js alpine.js ember.js backbone.js angular.js socket.js " +
    "discord.js day.js p5.js require.js underscore.js handlebars.js mustache.js knockout.js polymer.js meteor.js sails.js koa.js fastify.js hapi.js solid.js " +
    "bun.js deno.js tensorflow.js brain.js ml5.js leaflet.js video.js plotly.js highcharts.js babylon.js pixi.js phaser.js matter.js anime.js popper.js " +
    "highlight.js prism.js marked.js lodash.js jquery.js bootstrap.js ethers.js web3.js bignumber.js decimal.js math.js numeric.js fuse.js dropzone.js swiper.js " +
    "video.js hammer.js modernizr.js electron.js adonis.js strapi.js keystone.js total.js docs.rs lib.rs bun.sh esm.sh brew.sh get.sh asp.net ado.net vb.net " +
    "ecma.js vanilla.js preact.js inferno.js mithril.js lit.js stencil.js gatsby.js remix.js svelte.js redux.js mobx.js rx.js vuex.js pinia.js passport.js " +
    "sequelize.js mongoose.js bookshelf.js knex.js objection.js cypress.js mocha.js chai.js jasmine.js jest.js karma.js sinon.js puppeteer.js nightwatch.js " +
    "phantom.js casper.js cheerio.js multer.js helmet.js winston.js bunyan.js pino.js pm2.js forever.js grunt.js gulp.js webpack.js rollup.js parcel.js babel.js " +
    "eslint.js prettier.js typeorm.js crypto.js paper.js snap.js raphael.js two.js reveal.js impress.js full.js typed.js particles.js swagger.js node.ts deno.ts " +
    "stdio.h stdlib.h string.h stdint.h stdbool.h stddef.h stdarg.h assert.h errno.h limits.h float.h math.h time.h signal.h setjmp.h ctype.h " +
    "locale.h inttypes.h wchar.h unistd.h pthread.h fcntl.h semaphore.h windows.h",
);

/** Packages that come with Go, and Ruby's of the same names, with what they export: `database/sql`, `net/http.Client`. */
export const STANDARD_PACKAGE =
  /^(?:archive\/(?:tar|zip)|compress\/(?:bzip2|flate|gzip|lzw|zlib)|container\/(?:heap|list|ring)|crypto\/(?:aes|cipher|des|dsa|ecdh|ecdsa|ed25519|elliptic|hmac|md5|rand|rc4|rsa|sha1|sha256|sha512|subtle|tls|x509)|database\/sql(?:\/driver)?|encoding\/(?:base32|base64|binary|csv|gob|hex|json|pem|xml)|hash\/(?:crc32|crc64|fnv|maphash)|html\/template|io\/(?:fs|ioutil)|log\/(?:slog|syslog)|math\/(?:big|bits|cmplx|rand(?:\/v2)?)|mime\/multipart|net\/(?:http(?:\/(?:cookiejar|httptest|httputil|pprof))?|mail|netip|rpc|smtp|textproto|url)|os\/(?:exec|signal|user)|path\/filepath|runtime\/(?:debug|metrics|pprof|trace)|sync\/(?:atomic|errgroup)|testing\/(?:fstest|iotest|quick)|text\/(?:tabwriter|template)|unicode\/(?:utf16|utf8))(?:\.\p{Lu}\w*)*$/u;

/** Directories so usual that `src/x` in code marks is meant as one even where the repository has none. */
export const TOP_DIRECTORIES = set(
  "src lib app apps test tests spec docs doc server client packages pkg cmd internal config scripts public assets components pages api utils core " +
    "services models controllers views routes middleware migrations prisma db bin include modules tools examples frontend backend web .github ci infra deploy",
);

const PACKAGES = set(
  "react react-dom next lodash core-js node rxjs moment date-fns vue express jquery bootstrap fp-ts zod prisma typescript webpack vite rollup jest vitest " +
    "mocha three d3 firebase aws-sdk angular svelte tailwindcss antd graphql apollo socket.io redux mobx preact axios eslint prettier numpy pandas scipy torch " +
    "tensorflow django flask requests sqlalchemy pytest application text image audio video font multipart origin upstream feature refs heads tags",
);

/** `lodash/fp.js`, `next/dist/x.js`, `application/json`, `origin/main`: the first segment says it is not of this repository. */
export function isPackagePath(segments: readonly string[]): boolean {
  return segments.length > 1 && PACKAGES.has(segments[0] ?? "");
}
