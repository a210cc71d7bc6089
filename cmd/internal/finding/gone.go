package finding

// Gone is a finding that no longer occurs.
type Gone struct {
	Rule, Message, Func string
	File                string // where it stood, absolute; it need not exist
	Fingerprint         string
}
