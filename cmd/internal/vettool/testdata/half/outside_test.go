package half_test

var _ = func() int { return 5 }()
