// Prints what AsyncAPI's own parser has against the document on standard input.
const { Parser } = require("@asyncapi/parser");

const text = require("fs").readFileSync(0, "utf8");
new Parser().parse(text).then(({ document, diagnostics }) => {
  const errors = diagnostics.filter((one) => one.severity === 0);
  const messages = document ? document.allMessages().all().map((one) => one.id()) : [];
  console.log(JSON.stringify({ errors, messages }));
});
