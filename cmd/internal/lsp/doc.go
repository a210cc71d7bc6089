// Package lsp is lagvet's own language server. It runs in any editor, beside gopls
// and without knowing of it: diagnostics when a file is opened and when it is
// saved, and code actions for the suggested fixes.
//
// [Serve] talks to an editor; all else serves it:
//
//   - server.go has the life of a session and who answers what, session.go what
//     the editor and the server tell each other about themselves;
//   - document.go holds the texts of open files and says which of them to check;
//   - module.go decides when a module is checked, and which of its packages first;
//   - run.go checks, by package check, and takes in the result;
//   - publish.go, diagnostic.go and action.go make of findings what an editor shows;
//   - settings.go reads the settings, strictly;
//   - outbox.go writes to the editor, progress.go tells it how long it will take.
//
// # What is checked when
//
// A module is the unit of work: the directory of a go.mod. When a file is opened,
// its package is checked; when one is saved, first its package, then the packages
// of the other open files, which may depend on it: what did not change the go
// command replays. A newer save ends the check that runs and takes its work over.
//
// A check sees what is on disk, as the compiler would, unless the editor wants to
// be told of what is not saved: by the setting onChange, or by asking for the
// diagnostics of a document.
//
// # What is never done
//
// Nothing but messages goes to the connection. Nothing that could not be checked
// is passed over: it is a diagnostic at its place or, if it has none, a message,
// or a line of the log where a diagnostic says already what is the matter.
package lsp
