package web_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"handrail/internal/web"
)

const secretOfTheLink = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// offers gives a server that offers one file.
func offers(t *testing.T, log *lines, write func(context.Context, io.Writer) error) *web.Server {
	t.Helper()
	return newServer(t, web.Config{Logger: log.logger(), Reports: func(_ context.Context, secret string) (*web.File, error) {
		switch secret {
		case secretOfTheLink:
			return &web.File{Name: "tickets.csv", Write: write}, nil
		case "broken":
			return nil, errDown
		}
		return nil, nil
	}})
}

func TestAFileIsDownloadedByItsSecretOnly(t *testing.T) {
	t.Parallel()
	var log lines
	server := offers(t, &log, func(_ context.Context, to io.Writer) error {
		_, err := io.WriteString(to, "a,b\r\n")
		return err
	})
	for path, want := range map[string]int{
		"/reports/" + secretOfTheLink + ".csv":      http.StatusOK,
		"/reports/" + secretOfTheLink:               http.StatusNotFound,
		"/reports/" + secretOfTheLink[1:] + ".csv":  http.StatusNotFound,
		"/Reports/" + secretOfTheLink + ".csv":      http.StatusNotFound,
		"/reports/" + secretOfTheLink + ".csv/":     http.StatusNotFound,
		"/reports/.csv":                             http.StatusNotFound,
		"/reports/broken.csv":                       http.StatusInternalServerError,
		"/reports/..%2f" + secretOfTheLink + ".csv": http.StatusNotFound,
	} {
		answer := send(server, get(path))
		if answer.Code != want {
			t.Errorf("%s is answered with %d, want %d", path, answer.Code, want)
		}
		if got := answer.Body.String(); want != http.StatusOK && (strings.Contains(got, "a,b") || strings.Contains(got, "hunter2")) {
			t.Errorf("%s tells %q", path, got)
		}
	}
	answer := send(server, get("/reports/"+secretOfTheLink+".csv"))
	for header, want := range map[string]string{
		"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": "attachment; filename=tickets.csv",
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
	} {
		if got := answer.Header().Get(header); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
	if strings.Contains(log.String(), secretOfTheLink) {
		t.Errorf("the log tells the secret: %s", &log)
	}
}

func TestAFileThatCannotBeWrittenToItsEndIsBrokenOff(t *testing.T) {
	t.Parallel()
	var log lines
	server := offers(t, &log, func(context.Context, io.Writer) error { return errDown })
	defer func() {
		if cause, _ := recover().(error); !errors.Is(cause, http.ErrAbortHandler) {
			t.Errorf("the answer ends with %v", cause)
		}
		wantText(t, log.String(), []string{"a file was broken off"}, []string{secretOfTheLink})
	}()
	send(server, get("/reports/"+secretOfTheLink+".csv"))
}

func TestAFileOfATicketIsSavedAndNeverShown(t *testing.T) {
	t.Parallel()
	var log lines
	server := newServer(t, web.Config{Logger: log.logger(), Files: func(_ context.Context, secret string) (*web.File, error) {
		files := map[string]*web.File{secretOfTheLink: {
			Name: "łog 1.html", Type: "application/octet-stream", Size: 6, Write: func(_ context.Context, to io.Writer) error {
				_, err := io.WriteString(to, "<html>")
				return err
			},
		}}
		return files[secret], nil
	}})
	answer := send(server, get("/files/"+secretOfTheLink))
	if answer.Code != http.StatusOK || answer.Body.String() != "<html>" {
		t.Fatalf("it is answered with %d %s", answer.Code, answer.Body)
	}
	for header, want := range map[string]string{
		"Content-Type": "application/octet-stream", "Content-Disposition": "attachment; filename*=utf-8''%C5%82og%201.html",
		"Content-Length": "6", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "sandbox; default-src 'none'", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		if got := answer.Header().Get(header); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
	for _, path := range []string{"/files/", "/files/x", "/files/" + secretOfTheLink + "/x", "/reports/" + secretOfTheLink + ".csv"} {
		if answer := send(server, get(path)); answer.Code != http.StatusNotFound {
			t.Errorf("%s is answered with %d", path, answer.Code)
		}
	}
	wantText(t, log.String(), []string{"/files/…"}, []string{secretOfTheLink})
}
