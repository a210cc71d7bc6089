// Package editors reads the editor settings and commit hooks that a repository brings
// along: of VS Code (.vscode, workspaces, dev containers), Zed, Helix, Neovim, Vim,
// Emacs and GoLand, and of pre-commit, lefthook, husky and plain git hooks.
//
// [Collect] turns settings into [Setting]s, which say the same whatever the editor:
// which tool gives diagnostics, and with what. The methods of [Result] judge them. What
// is a program (Lua, Emacs Lisp, Vim script) or an editor's own (.idea) is not run: it
// counts for what its lines mention.
package editors
