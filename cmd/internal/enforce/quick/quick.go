package quick

import "os"

// Name is the command's.
const Name = "enforce"

// compiler and linker are the tools around which something is done.
const compiler, linker = "compile", "link"

func init() {
	if len(os.Args) > 2 && os.Args[1] == Name && FromGo(os.Args[2], os.Args[3:]) {
		answer(os.Args[2], os.Args[3:])
	}
}

// FromGo reports whether it is the go command that names a tool. It names its own by
// absolute paths, and the C compiler as $CC does, to ask what that would run. Who types
// "lagvet enforce go build" must not get a build that refuses nothing.
func FromGo(tool string, args []string) bool {
	return absolute(tool) || tool != "" && tool[0] != '-' && len(args) > 0 && args[0] == "-###"
}

// absolute is filepath.IsAbs, but for paths of Windows to network shares.
func absolute(path string) bool {
	if len(path) > 2 && path[1] == ':' {
		path = path[2:]
	}
	return path != "" && os.IsPathSeparator(path[0])
}

// answer ends the process if it has an answer, and returns if it has none: then
// package enforce answers, and says what is wrong.
func answer(tool string, args []string) {
	if Asked(args) {
		if e, ok := EntryFor(tool); ok {
			tell(e)
			return // what is found out there is kept
		}
	}
	if !Around(tool) {
		become(tool, args)
	}
}

// tell prints an answer that was kept, and ends the process.
func tell(e Entry) {
	line, ok := e.Read()
	if !ok {
		return
	}
	if _, err := os.Stdout.WriteString(line); err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// Asked reports whether the go command asks for the identity of a tool.
func Asked(args []string) bool { return len(args) == 1 && args[0] == "-V=full" }

// Around reports whether a tool is one that lagvet does something around: all others
// are passed through.
func Around(tool string) bool {
	switch base(tool) {
	case compiler, linker:
		return true
	}
	return false
}

// IsCompiler reports whether a tool is the compiler.
func IsCompiler(tool string) bool { return base(tool) == compiler }

// base is the name of a program without its directory and, as on Windows, its
// extension.
func base(tool string) string {
	start := 0
	for i := range len(tool) {
		if os.IsPathSeparator(tool[i]) {
			start = i + 1
		}
	}
	name := tool[start:]
	const exe = ".exe"
	if n := len(name) - len(exe); n > 0 && name[n:] == exe {
		name = name[:n]
	}
	return name
}
