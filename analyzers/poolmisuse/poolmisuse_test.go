package poolmisuse_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
	"github.com/lagvet/lagvet/analyzers/poolmisuse"
)

func Test(t *testing.T) { ruletest.Run(t, poolmisuse.Rule) }
