package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

// benchTenants is over how many tenants the tickets are spread: the bot keeps
// to Teams' limit of 50 calls a second in a tenant, and a single tenant would
// measure that.
const benchTenants = 50

// benchTeams is a Teams with a connector of the benchmark's choice and one
// person who presses buttons.
type benchTeams struct {
	connector *httptest.Server
	env       []string
	// token is the Authorization header of every activity: Teams, too, sends
	// one token for as long as it is valid.
	token string
	chat  *teamstest.Conversation
	ana   *teamstest.Person
}

// tolerant is a connector that takes everything.
func tolerant(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // a connection that breaks fails the job, which comes again
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"id":"1"}`) // as above
}

func newBenchTeams(b *testing.B, connector http.HandlerFunc) *benchTeams {
	b.Helper()
	t := &benchTeams{connector: httptest.NewServer(connector)}
	b.Cleanup(t.connector.Close)

	desk := teamstest.New(b)
	t.ana = desk.Person("Ana Lima")
	t.chat = desk.GroupChat("Support", "Ana Lima")
	// The signature of the fake is borrowed for the address of this connector.
	signature := make(chan string, 1)
	borrower := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		signature <- r.Header.Get("Authorization")
	}))
	b.Cleanup(borrower.Close)
	desk.Connect(borrower.URL)
	desk.Deliver(map[string]any{"serviceUrl": t.connector.URL + "/"})
	t.token = <-signature

	tenants := make([]string, benchTenants)
	for i := range tenants {
		tenants[i] = benchTenant(i)
	}
	for name, value := range desk.Env() {
		t.env = append(t.env, name+"="+value)
	}
	t.env = append(t.env, "BOT_SERVICE_HOSTS="+t.connector.Listener.Addr().String(), "HANDRAIL_TENANTS="+strings.Join(tenants, ","))
	return t
}

func benchTenant(i int) string { return fmt.Sprintf("7e4a4700-0000-4000-8000-%012d", i%benchTenants) }

// benchTicket is a ticket whose card stands in a conversation of its own.
type benchTicket struct {
	tenant, conversation string
	number               string
	version              int64
}

// action gives the activity of a pressed button on the ticket's card, as Teams
// would send it.
func (t *benchTeams) action(of *benchTicket, verb string, data map[string]any) ([]byte, error) {
	data["verb"], data["ticket"], data["version"] = verb, of.number, of.version
	data["once"] = of.conversation + "." + strconv.FormatInt(of.version, 10)
	a := t.chat.Activity("invoke", t.ana)
	a["name"], a["replyToId"], a["serviceUrl"] = "adaptiveCard/action", "card of "+of.conversation, t.connector.URL+"/"
	a["localTimezone"] = "Europe/Berlin"
	a["conversation"] = map[string]any{"id": of.conversation, "conversationType": "groupChat", "isGroup": true, "tenantId": of.tenant}
	a["channelData"] = map[string]any{"tenant": map[string]any{"id": of.tenant}}
	a["value"] = map[string]any{"action": map[string]any{"type": "Action.Execute", "verb": verb, "data": data}, "trigger": "manual"}
	return json.Marshal(a)
}

// open opens ticket number i and leads it to Initial response, which has items to tick.
func (t *benchTeams) open(client *benchClient, i int) (*benchTicket, error) {
	of := &benchTicket{tenant: benchTenant(i), conversation: fmt.Sprintf("19:%032d@thread.v2", i)}
	err := client.press(of, "intake.save", map[string]any{
		ticket.FieldTitle: fmt.Sprintf("Invoices cannot be posted (%d)", i), ticket.FieldCustomer: "Northwind",
		ticket.FieldDetails: "Posting ends with error 4711 since this morning; credit notes work.",
		ticket.FieldUsers:   "12", "take": "true", ticket.FieldLink: "new",
	})
	if err != nil {
		return nil, err
	}
	return of, client.press(of, "ticket.complete", map[string]any{"item": string(ticket.Reception)})
}

// tick is the turn that is measured.
func (of *benchTicket) tick(client *benchClient) error {
	return client.press(of, "item.save", map[string]any{
		"item":            string(ticket.ItemExpectations),
		ticket.FieldWords: "We look into it now and write again before noon tomorrow, whatever we have found by then.",
	})
}

// benchClient is one connection of Teams to the bot. It speaks HTTP by hand: its
// own work would otherwise take much of what the two cores can do.
type benchClient struct {
	teams *benchTeams
	conn  net.Conn
	read  *bufio.Reader
	body  bytes.Buffer
}

func (t *benchTeams) dial(b *testing.B, addr string) *benchClient {
	b.Helper()
	conn, err := new(net.Dialer).DialContext(b.Context(), "tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	return &benchClient{teams: t, conn: conn, read: bufio.NewReader(conn)}
}

// benchData finds the ticket and its version in a card's buttons.
var benchData = regexp.MustCompile(`"ticket":"(T-\d+)","version":(\d+)`)

// press presses a button and reads the card that is answered. It is an error
// when the ticket has not changed.
func (c *benchClient) press(of *benchTicket, verb string, data map[string]any) error {
	activity, err := c.teams.action(of, verb, data)
	if err != nil {
		return err
	}
	c.body.Reset()
	fmt.Fprintf(&c.body, "POST /api/messages HTTP/1.1\r\nHost: handrail\r\nContent-Type: application/json; charset=utf-8\r\n"+
		"Authorization: %s\r\nContent-Length: %d\r\n\r\n", c.teams.token, len(activity))
	c.body.Write(activity)
	if err := c.conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return err
	}
	if _, err := c.conn.Write(c.body.Bytes()); err != nil {
		return err
	}
	response, err := http.ReadResponse(c.read, nil)
	if err != nil {
		return err
	}
	c.body.Reset()
	if _, err := c.body.ReadFrom(response.Body); err != nil {
		return err
	}
	found := benchData.FindSubmatch(c.body.Bytes())
	if response.StatusCode != http.StatusOK || found == nil {
		return fmt.Errorf("%s on %s: status %d: %s", verb, of.number, response.StatusCode, c.body.Bytes())
	}
	version, err := strconv.ParseInt(string(found[2]), 10, 64)
	if err != nil || version != of.version+1 {
		return fmt.Errorf("%s on %s left it in version %d: %s", verb, of.number, of.version, c.body.Bytes())
	}
	of.number, of.version = string(found[1]), version
	return nil
}
