package initperreq_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/initperreq"
	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
)

func Test(t *testing.T) { ruletest.Run(t, initperreq.Rule) }
