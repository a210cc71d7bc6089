package baseline

import "strings"

// Declares reports whether a file of src declares a function, given its full name
// as types.Func.FullName prints it. What cannot be parsed may declare it.
func (src Source) Declares(file, fn string) bool {
	return newReader(src).file(file).declares(declName(fn))
}

// declName returns the name of a function as Entry.Decl has it.
func declName(fn string) string {
	name := fn[strings.LastIndexByte(fn, '.')+1:]
	receiver, ok := strings.CutSuffix(strings.TrimSuffix(fn, name), ").")
	if !ok {
		return name
	}
	receiver, _, _ = strings.Cut(receiver, "[") // type parameters
	return strings.Trim(receiver[strings.LastIndexAny(receiver, "./(*")+1:], "(*") + "." + name
}
