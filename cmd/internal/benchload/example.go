package benchload

import _ "embed" // for the example

// Example is a policy that says what there is to say.
//
//go:embed example.yml
var Example string
