package linkname_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
	"github.com/lagvet/lagvet/analyzers/linkname"
)

func Test(t *testing.T) { ruletest.Run(t, linkname.Rule) }
