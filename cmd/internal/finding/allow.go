package finding

// An Allow is a directive that silences rules, whether or not they have anything to
// say.
type Allow struct {
	Place
	Package string // import path
	Func    string // full name of the function that it is about, or stands in
	Rules   []string
	Reason  string
}
