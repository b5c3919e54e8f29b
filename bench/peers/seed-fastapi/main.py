"""The system that Doorkey takes over from, cut down to what the benchmark asks of it: FastAPI on one uvicorn
worker, synchronous SQLAlchemy on psycopg2, bcrypt at cost 12, two layers of middleware and CORS. Its rate limiter
is left out, since no side is measured with one. Reads DATABASE_URL."""

import logging
import os
import secrets
import uuid
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import bcrypt
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel, Field
from sqlalchemy import ForeignKey, String, Text, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

COOKIE = "session_token"
LIFETIME = timedelta(days=7)
BCRYPT_COST = 12

log = logging.getLogger("seed")
engine = create_engine(os.environ["DATABASE_URL"].replace("postgres://", "postgresql://", 1), pool_pre_ping=True)
new_session = sessionmaker(bind=engine, autoflush=False)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(default=datetime.utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=datetime.utcnow, onupdate=datetime.utcnow)


class LoginSession(Base):
    __tablename__ = "sessions"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    session_token: Mapped[str] = mapped_column(String(255), unique=True)
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=datetime.utcnow)
    ip_address: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(Text)
    user: Mapped[User] = relationship()


class Credentials(BaseModel):
    email: str = Field(min_length=3, max_length=255)
    password: str = Field(min_length=8)


@asynccontextmanager
async def lifespan(_: FastAPI):
    Base.metadata.create_all(engine)
    yield


app = FastAPI(lifespan=lifespan)


@app.middleware("http")
async def log_refusals(request: Request, call_next):
    response = await call_next(request)
    if response.status_code == 401 or response.status_code >= 500:
        log.warning("%s %s", response.status_code, request.url.path)
    return response


@app.middleware("http")
async def add_security_headers(request: Request, call_next):
    response = await call_next(request)
    response.headers["Content-Security-Policy"] = "default-src 'self'"
    response.headers["Strict-Transport-Security"] = "max-age=31536000"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    return response


app.add_middleware(
    CORSMiddleware,
    allow_origins=["http://localhost:3000"],
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
)


def database():
    with new_session() as db:
        yield db


def wire(user: User) -> dict:
    return {"user": {"id": str(user.id), "email": user.email, "created_at": user.created_at.isoformat()}}


def sign_in_as(user: User, request: Request, response: Response, db: Session) -> dict:
    token = secrets.token_urlsafe(32)
    db.add(
        LoginSession(
            user_id=user.id,
            session_token=token,
            expires_at=datetime.utcnow() + LIFETIME,
            ip_address=request.client.host,
            user_agent=request.headers.get("user-agent"),
        )
    )
    db.commit()
    response.set_cookie(
        COOKIE, token, max_age=int(LIFETIME.total_seconds()), httponly=True, secure=True, samesite="none"
    )
    return wire(user)


@app.get("/health")
async def health():
    return {"status": "healthy"}


@app.post("/api/signup", status_code=201)
def sign_up(body: Credentials, request: Request, response: Response, db: Session = Depends(database)):
    digest = bcrypt.hashpw(body.password.encode(), bcrypt.gensalt(BCRYPT_COST))
    user = User(email=body.email, password_hash=digest.decode())
    db.add(user)
    db.commit()
    return sign_in_as(user, request, response, db)


@app.post("/api/signin")
def sign_in(body: Credentials, request: Request, response: Response, db: Session = Depends(database)):
    user = db.scalars(select(User).where(User.email == body.email)).first()
    if user is None or not bcrypt.checkpw(body.password.encode(), user.password_hash.encode()):
        raise HTTPException(401, "Invalid credentials")
    return sign_in_as(user, request, response, db)


@app.get("/api/verify")
def verify(request: Request, db: Session = Depends(database)):
    token = request.cookies.get(COOKIE, "")
    wanted = (LoginSession.session_token == token) & (LoginSession.expires_at > datetime.utcnow())
    found = db.scalars(select(LoginSession).where(wanted)).first()
    if found is None:
        raise HTTPException(401, "Not authenticated")
    return wire(found.user)
