package directives

// Nothing here does what ctxless is about.
//
//lagvet:allow ctxless -- as far as we know
func quiet() {}

func statements() {
	quiet() //lagvet:allow gounbounded,tickerleak -- both are stale
	quiet() //lagvet:allow ctxles -- misspelt
	quiet() //lagvet:alow ctxless -- misspelt
	quiet() //lagvet:allow ctxless
	quiet() //lagvet:bounded -- nothing judges this one
}

// Nothing says that this is hot, so a rule about hot code had no reason to look.
//
//lagvet:allow hotdefer,heapescape -- needed once it is hot
func cold() {}

// The compiler has not run, so heapescape has not looked; hotdefer has.
//
//lagvet:hot
//lagvet:allow hotdefer,heapescape -- only one of them is stale
func hot() {}
