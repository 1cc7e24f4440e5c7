"""The network lab: real browsers behind NATs, firewalls and bad lines.

Network namespaces (namespace.py) hang on one bridge, the lab's internet (internet.py).
On it stand Parley behind nginx and coturn, each with the file of deploy/ (site.py), and
the routers of homes (home.py), in which the machines of people are (client.py), each
with a Chromium that trusts the lab's authority. lab.py puts it together; places.py
names the kinds of homes, paths.py reads by which way two pages are connected, and
conftest.py gives a test its `lab`, its people (`callers`) and the `ledger` of
docs/measured.md.

    def test_two(lab, callers):
        room = lab.site().new_room()
        clients = [lab.client("Mira", nat="symmetric"), lab.client("Amara")]
        mira, amara = map(callers.at, clients)
        come(mira, room)
        met(mira, amara, come(amara, room))
        clients[0].uplink("300kbit")      # loss(0.05), cut(other), roam(home), unplug()

Root is not needed where people may have namespaces of their own. Where none can be
made, the run ends in red words about what was not proved; with CI=true these tests
fail.

What was met while building it:

- WebRTC looks STUN and TURN servers up by names that end with a dot: /etc/hosts needs
  them in that spelling too. DNS that drops questions costs seconds at odd places (every
  mail asks for the machine's name); the lab's refuses them at once.
- A bridge has the lowest address of its ports, so another one whenever a port comes or
  goes, and everybody's gateway is gone until they ask again. Its address is set here.
- Where br_netfilter is there, iptables judges what a bridge merely carries, neighbour
  discovery of IPv6 first of all. It is switched off in each namespace.
- IPv6 redirects outlive the router they lead to; an address that is used again keeps
  its link-layer address, because neighbours remember.
- iptables' MASQUERADE is a port-restricted cone. A symmetric NAT meets only who is open
  to all; with a cone it needs the relay on one side: one end's own candidate is
  `relay`, the other's stays `srflx` or `prflx`.
- With the microphone granted Chromium tells its true addresses, so two in one home meet
  as host/host without mDNS. A page that has opened no device says `….local`, which
  browsers in one home of the lab find by multicast, as in life.
- From IPv6 alone to IPv4 alone the way is the relay, which is asked over IPv6 for an
  IPv4 address: coturn gives one unless it is asked for another.
- tbf counts what it holds in time: more than 200 ms of a narrow line is dropped.
  `netem` is absent in many kernels, hence no delay.
- A machine that does other things as well makes sound up without any loss: compare with
  a line that loses nothing, in the same run.
"""
