import fc from "fast-check";

// Every property sees the same examples in every run; a failure prints the path to its own.
fc.configureGlobal({ seed: 1 });
