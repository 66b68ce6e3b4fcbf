"""The JFileServer, which speaks SMB 1, with its own main and configuration; Samba's client puts files and gets them back."""

from common import SERVICE
from server import Server, Work

# Without flags for its log it does not start.
CONFIGURATION = """\
<?xml version="1.0" encoding="UTF-8"?>
<fileserver>
  <debug><output><class>org.filesys.debug.ConsoleDebug</class></output></debug>
  <servers><SMB enable="true"/></servers>
  <server-core>
    <threadPool init="4" max="8"/>
    <memoryPool>
      <packetSizes><packet size="4K" init="10" max="50"/><packet size="66000" init="5" max="50"/></packetSizes>
    </memoryPool>
  </server-core>
  <SMB>
    <host name="SURVEY" domain="SURVEY"><bindto>{address}</bindto><tcpipSMB port="{port}"/></host>
    <sessionDebug flags="Negotiate"/>
    <authenticator><class>org.filesys.server.auth.EnterpriseSMBAuthenticator</class><mode>USER</mode></authenticator>
  </SMB>
  <security>
    <JCEProvider>org.bouncycastle.jce.provider.BouncyCastleProvider</JCEProvider>
    <users><user name="demo"><password>demo</password></user></users>
    <usersInterface><class>org.filesys.server.auth.DefaultUsersInterface</class></usersInterface>
  </security>
  <shares>
    <diskshare name="SHARE">
      <driver><class>org.filesys.smb.server.disk.JavaNIODiskDriver</class><LocalPath>share</LocalPath></driver>
    </diskshare>
  </shares>
</fileserver>
"""


class Smb(Server):
    name, title, port = "jfileserver", "JFileServer 1.4.0 (SMB)", 4450
    artifacts = ("org.filesys:jfileserver:1.4.0",)
    tools = ("smbclient",)
    quiet_s = 1.0

    def fill(self, home):
        super().fill(home)
        (home / "share").mkdir()
        (home / "server.xml").write_text(CONFIGURATION.format(address=SERVICE, port=self.port))

    def command(self):
        return ["org.filesys.app.FileServer", "server.xml"]

    def clients(self, until, directory):
        return [Work(self.python_client("smb.py", until, directory))]


SERVERS = [Smb()]
